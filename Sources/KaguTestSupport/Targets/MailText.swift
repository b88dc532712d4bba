// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Reads a mail as RFC 5322, 2045 and 2047 have it, and refuses any other.
enum MailText {
    /// Header fields, unfolded, encoded words decoded, and the text.
    static func parse(
        _ message: [UInt8]
    ) throws(Refusal) -> (headers: [(name: String, value: String)], text: String) {
        guard message.count <= 256 << 10 else { throw Refusal("too large") }
        guard message.allSatisfy({ $0 < 0x80 && $0 != 0 }) else { throw Refusal("no ASCII") }
        // A CRLF is one character to Swift.
        let lines = String(decoding: message, as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        guard !lines.contains(where: { $0.utf8.contains(0x0A) || $0.utf8.contains(0x0D) })
        else { throw Refusal("a bare line end") }
        guard lines.allSatisfy({ $0.utf8.count <= 78 }), let blank = lines.firstIndex(of: "")
        else { throw Refusal("a long line, or no header") }
        var headers: [(name: String, value: String)] = []
        for line in lines[..<blank] {
            if line.hasPrefix(" "), !headers.isEmpty {
                headers[headers.count - 1].value += line
            } else if let colon = line.firstIndex(of: ":"), !line[..<colon].contains(" ") {
                headers.append((String(line[..<colon]), String(line[line.index(after: colon)...].dropFirst())))
            } else {
                throw Refusal("a header line that is none")
            }
        }
        for index in headers.indices { headers[index].value = try decodeWords(headers[index].value) }
        for name in ["Date", "From", "To", "Subject", "Message-ID", "MIME-Version"]
        where headers.filter({ $0.name == name }).count != 1 {
            throw Refusal("\(name) is missing or repeated")
        }
        guard let text = decode(lines[(blank + 1)...].joined()) else { throw Refusal("no Base64") }
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            try InertText.check(String(line))
        }
        return (headers, text)
    }

    /// The text of Base64; nil where it is none, or no UTF-8.
    static func decode(_ text: String) -> String? {
        Data(base64Encoded: text).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// A header value with its encoded words decoded; each has at most 75 characters.
    private static func decodeWords(_ value: String) throws(Refusal) -> String {
        var out = ""
        for part in value.split(separator: " ", omittingEmptySubsequences: false) {
            if part.hasPrefix("=?utf-8?B?"), part.hasSuffix("?=") {
                guard part.utf8.count <= 75, let text = decode(String(part.dropFirst(10).dropLast(2)))
                else { throw Refusal("an encoded word") }
                out += text
            } else {
                out += out.isEmpty ? String(part) : " \(part)"
            }
        }
        try InertText.check(out)
        return out
    }
}

/// A mail as a strict reader has it; throws where it breaks a rule of RFC 5322, 2045 or 2047.
public struct MailReading {
    /// Header fields, unfolded and decoded, in order.
    public let headers: [(name: String, value: String)]
    /// The text.
    public let text: String

    /// Reads a message.
    public init(_ message: [UInt8]) throws {
        do {
            (headers, text) = try MailText.parse(message)
        } catch {
            throw Unreadable(description: error.words)
        }
    }

    /// The names of the header fields, in order.
    public var headerNames: [String] { headers.map(\.name) }

    /// Those of a message that begins a thread.
    public static let usual = [
        "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding",
    ]
    /// Those of an update.
    public static let ofUpdate = [
        "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
        "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]

    private struct Unreadable: Error, CustomStringConvertible { let description: String }
}
