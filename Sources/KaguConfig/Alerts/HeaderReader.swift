// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads `headers:` of feeds (H1) and receivers (W1).
enum HeaderReader {
    /// What kagu sends by itself with a poll, or what would break the request.
    private static let reservedForFeeds: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "if-none-match", "if-modified-since", "range",
        "accept-encoding", "user-agent",
    ]
    /// What W1 reserves, or what would break the request.
    private static let reservedForReceivers: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "content-type",
    ]

    /// The headers of a feed; `secret:NAME` stays the name of a credential.
    static func feedHeaders(_ cursor: YAMLCursor) -> [HeaderField] {
        headers(cursor) { reservedForFeeds.contains($0) }
    }

    /// The headers of a receiver.
    static func receiverHeaders(_ cursor: YAMLCursor) -> [HeaderField] {
        headers(cursor) { reservedForReceivers.contains($0) || $0.hasPrefix("webhook-") }
    }

    private static func headers(_ cursor: YAMLCursor, isReserved: (String) -> Bool) -> [HeaderField] {
        (cursor.members() ?? []).compactMap { name, value in
            value.file.conceal(value.node)
            guard let text = value.text() else { return nil }
            guard isToken(name) else {
                value.fail(.noHeaderName(name))
                return nil
            }
            guard !isReserved(name.lowercased()) else {
                value.fail(.reservedHeader(name))
                return nil
            }
            if text.hasPrefix("secret:") {
                return HeaderField(name: name, value: .credential(String(text.dropFirst("secret:".count)).trimmed))
            }
            guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
                value.fail(.noHeaderValue)
                return nil
            }
            return HeaderField(name: name, value: .text(Secret(text)))
        }
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
