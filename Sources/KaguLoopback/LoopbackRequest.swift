// SPDX-License-Identifier: Apache-2.0

/// One request as a `LoopbackServer` received it.
public struct LoopbackRequest: Hashable, Sendable {
    /// Counts the connections of the server from 1: requests with one number shared a connection.
    public let connection: Int
    /// `GET`, `POST`, ….
    public let method: String
    /// The request target as sent, query included.
    public let target: String
    /// Request line and header fields with their line ends, as sent, without the blank line.
    public let head: [UInt8]
    /// The body, without the framing of chunks.
    public let body: [UInt8]
    /// Whether the connection may serve another request (RFC 9112 §9.3).
    public let keepsAlive: Bool

    /// A request as a connection would have received it.
    public init(
        connection: Int, method: String, target: String, head: [UInt8], body: [UInt8], keepsAlive: Bool = true
    ) {
        self.connection = connection
        self.method = method
        self.target = target
        self.head = head
        self.body = body
        self.keepsAlive = keepsAlive
    }

    /// The target without its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// Names (as sent) and values of the header fields, in order; one scalar a byte.
    public var headers: [(name: String, value: String)] { HeadFields(head).all }

    /// The first value of a header field, found without case.
    public func header(_ name: String) -> String? { HeadFields(head).values(of: name).first }
}

/// The header fields of a request's head (RFC 9112 §5).
struct HeadFields {
    private typealias Line = ArraySlice<UInt8>

    /// Names and values in order; lines without a colon are left out.
    let all: [(name: String, value: String)]
    /// Whether every line is a field: a name that is a token, a colon, a value without controls (§5.1, §5.5).
    let areWellFormed: Bool

    /// The fields after the request line.
    init(_ head: [UInt8]) {
        let lines = head.split(separator: 0x0A).map { $0.last == 0x0D ? $0.dropLast() : $0 }.dropFirst()
        var areWellFormed = true
        all = lines.compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                areWellFormed = false
                return nil
            }
            let (name, value) = (line[..<colon], Self.trimmed(line[(colon + 1)...]))
            let isField = !name.isEmpty && name.allSatisfy(Self.isTokenByte) && value.allSatisfy(Self.isValueByte)
            if !isField { areWellFormed = false }
            return (Self.text(name), Self.text(value))
        }
        self.areWellFormed = areWellFormed
    }

    /// The values of every field of that name, found without case.
    func values(of name: String) -> [String] {
        let wanted = name.lowercased()
        return all.filter { $0.name.lowercased() == wanted }.map(\.value)
    }

    /// The members of a field that is a list, lower case and without spaces (RFC 9110 §5.6.1).
    func members(of name: String) -> [String] {
        values(of: name).flatMap { $0.split(separator: ",") }.map { member in
            String(member.filter { $0 != " " && $0 != "\t" }).lowercased()
        }
    }

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

    private static func trimmed(_ bytes: Line) -> Line {
        let rest = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        guard let last = rest.lastIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return [] }
        return rest[...last]
    }

    private static func text(_ bytes: Line) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
        return text
    }
}
