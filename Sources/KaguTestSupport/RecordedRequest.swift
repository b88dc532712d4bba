// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One request as a `LoopbackOrigin` received it.
public struct RecordedRequest: Sendable {
    /// When it was complete, by the origin's clock.
    public let time: Instant
    /// When it was complete, by the monotonic clock.
    public let uptime: ContinuousClock.Instant
    /// Counts the connections of the origin from 1: requests with one number shared a connection.
    public let connection: Int
    /// `GET`, `POST`, ….
    public let method: String
    /// The request target as sent, query included.
    public let target: String
    /// Request line and header fields with their line ends, as sent, without the blank line.
    public let head: [UInt8]
    /// The body.
    public let body: [UInt8]

    /// The target without its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The body read as UTF-8.
    public var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// Names (as sent) and values of the header fields, in order; one scalar a byte.
    public var headers: [(name: String, value: String)] {
        lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            return (Self.text(line[..<colon]), Self.text(value))
        }
    }

    /// The first value of a header field, found without case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private var lines: [ArraySlice<UInt8>] {
        head.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
        return text
    }
}
