// SPDX-License-Identifier: Apache-2.0

/// What a mail server said, reply by reply (RFC 5321 §4.2): libcurl tells the code of the last one alone.
struct MailTranscript {
    /// A complete reply: its code, and the text of its last line.
    struct Reply: Hashable {
        /// Three digits.
        var code: Int
        /// What follows them; at most 1 KiB.
        var text: String
    }

    /// Bytes of all replies at most (D13).
    static let maximumBytes = 64 << 10

    private(set) var replies: [Reply] = []
    private(set) var isTooLong = false
    private var byteCount = 0

    /// The last complete reply.
    var last: Reply? { replies.last }

    /// Takes a line; false where there are too many. Lines of a reply but the last have a hyphen behind the code. What
    /// QUIT is answered (221) comes after the last word.
    mutating func take(_ line: some Collection<UInt8>) -> Bool {
        byteCount += line.count
        guard byteCount <= Self.maximumBytes else {
            isTooLong = true
            return false
        }
        let text = String(decoding: line.prefix(1024), as: UTF8.self)
        guard let code = Int(text.prefix(3)), (100..<600).contains(code) else { return true }
        let rest = text.dropFirst(3)
        if !rest.hasPrefix("-"), code != 221 {
            let words = rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            replies.append(Reply(code: code, text: words))
        }
        return true
    }

    /// How many of `count` recipients were refused: their replies come right before that to DATA.
    func refusals(among count: Int) -> Int {
        guard let data = replies.lastIndex(where: { $0.code == 354 }) else { return 0 }
        return replies[..<data].suffix(count).filter { $0.code >= 400 }.count
    }
}
