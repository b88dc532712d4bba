// SPDX-License-Identifier: Apache-2.0

/// Bytes of a connection in, requests out (RFC 9112): a value that knows nothing of sockets and time.
struct RequestReader {
    /// Why bytes are no request: the status of the answer, after which the connection ends.
    struct Refusal: Error, Hashable {
        /// 400, 413, 431, 501 or 505.
        let status: Int
    }

    private let limits: LoopbackLimits
    private var bytes: [UInt8] = []
    /// Up to here no line end was found.
    private var searched = 0
    private var head: Head?

    /// A reader at the start of a connection.
    init(limits: LoopbackLimits) { self.limits = limits }

    /// Whether a request has begun that is not complete.
    var hasBegun: Bool { head != nil || !bytes.isEmpty }

    /// Bytes that wait for their request to be complete, or for the one before to be answered.
    var bufferedBytes: Int { bytes.count }

    /// Whether the client waits for leave to send the body of the request that has begun (RFC 9110 §10.1.1).
    var expectsContinue: Bool { head?.expectsContinue ?? false }

    /// The client was given leave.
    mutating func continued() { head?.expectsContinue = false }

    /// Takes what the connection received.
    mutating func append(_ received: some Sequence<UInt8>) { bytes.append(contentsOf: received) }

    /// The next request, once it is complete; throws what the connection cannot recover from.
    mutating func next(connection: Int) throws(Refusal) -> LoopbackRequest? {
        if head == nil { head = try readHead() }
        guard let head, let body = try readBody(head) else { return nil }
        self.head = nil
        return LoopbackRequest(
            connection: connection, method: head.method, target: head.target, head: head.bytes, body: body,
            keepsAlive: head.keepsAlive)
    }

    // MARK: Head

    private mutating func readHead() throws(Refusal) -> Head? {
        // An empty line before a request is passed over (RFC 9112 §2.2).
        if searched == 0, bytes.starts(with: [0x0D, 0x0A]) { bytes.removeFirst(2) }
        while let lineEnd = bytes[searched...].firstIndex(of: 0x0A) {
            guard lineEnd > 0, bytes[lineEnd - 1] == 0x0D else { throw Refusal(status: 400) }
            let isBlank = lineEnd - 1 == searched
            guard lineEnd < limits.headBytes else { throw Refusal(status: 431) }
            searched = lineEnd + 1
            guard isBlank else { continue }
            let head = try Head(Array(bytes[..<(lineEnd - 1)]))
            take(searched)
            return head
        }
        guard bytes.count <= limits.headBytes else { throw Refusal(status: 431) }
        return nil
    }

    private mutating func take(_ count: Int) {
        bytes.removeFirst(count)
        searched = 0
    }

    // MARK: Body

    private mutating func readBody(_ head: Head) throws(Refusal) -> [UInt8]? {
        if head.isChunked { return try readChunks() }
        guard head.length <= limits.bodyBytes else { throw Refusal(status: 413) }
        guard bytes.count >= head.length else { return nil }
        let body = Array(bytes[..<head.length])
        take(head.length)
        return body
    }

    /// All chunks and the trailer (RFC 9112 §7.1), read anew each time that bytes came: bodies here are small.
    private mutating func readChunks() throws(Refusal) -> [UInt8]? {
        var body: [UInt8] = []
        var position = 0
        while let line = try chunkLine(from: position) {
            let digits = line.bytes.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
            guard !digits.isEmpty, digits.count <= 8, digits.allSatisfy(Self.isHexDigit),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw Refusal(status: 400) }
            guard body.count + size <= limits.bodyBytes else { throw Refusal(status: 413) }
            if size == 0 { return try endOfTrailer(from: line.end).map { taken(body, $0) } }
            guard bytes.count >= line.end + size + 2 else { break }
            body += bytes[line.end..<(line.end + size)]
            guard bytes[line.end + size] == 0x0D, bytes[line.end + size + 1] == 0x0A else {
                throw Refusal(status: 400)
            }
            position = line.end + size + 2
        }
        guard bytes.count <= 2 * limits.bodyBytes + limits.headBytes else { throw Refusal(status: 413) }
        return nil
    }

    private mutating func taken(_ body: [UInt8], _ end: Int) -> [UInt8] {
        take(end)
        return body
    }

    /// The position after the blank line that ends the trailer.
    private func endOfTrailer(from start: Int) throws(Refusal) -> Int? {
        var position = start
        while let line = try chunkLine(from: position) {
            position = line.end
            guard position - start <= limits.headBytes else { throw Refusal(status: 431) }
            if line.bytes.isEmpty { return position }
        }
        return nil
    }

    private func chunkLine(from start: Int) throws(Refusal) -> (bytes: ArraySlice<UInt8>, end: Int)? {
        guard let end = bytes[start...].firstIndex(of: 0x0A) else {
            guard bytes.count - start <= limits.headBytes else { throw Refusal(status: 431) }
            return nil
        }
        guard end > start, bytes[end - 1] == 0x0D else { throw Refusal(status: 400) }
        return (bytes[start..<(end - 1)], end + 1)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

extension RequestReader {
    /// What the head says (RFC 9112 §3, §6, §9.3).
    struct Head {
        let bytes: [UInt8]
        let method: String
        let target: String
        let keepsAlive: Bool
        let isChunked: Bool
        let length: Int
        var expectsContinue: Bool

        /// Reads request line and fields, each with its line end, without the blank line.
        init(_ bytes: [UInt8]) throws(Refusal) {
            let words = bytes.prefix { $0 != 0x0D }.split(separator: 0x20, omittingEmptySubsequences: false)
            guard words.count == 3, words.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0 > 0x20 && $0 != 0x7F } }),
                words[2].starts(with: "HTTP/".utf8)
            else { throw Refusal(status: 400) }
            let version = String(decoding: words[2], as: UTF8.self)
            guard version == "HTTP/1.1" || version == "HTTP/1.0" else { throw Refusal(status: 505) }
            let fields = HeadFields(bytes)
            guard fields.areWellFormed else { throw Refusal(status: 400) }
            let hosts = fields.values(of: "host").count
            guard hosts == 1 || (hosts == 0 && version == "HTTP/1.0") else { throw Refusal(status: 400) }
            let codings = fields.members(of: "transfer-encoding")
            let lengths = Set(fields.values(of: "content-length"))
            // Two ends of one body are how requests are smuggled (RFC 9112 §6.1).
            guard lengths.count <= 1, codings.isEmpty || lengths.isEmpty else { throw Refusal(status: 400) }
            guard codings.isEmpty || codings == ["chunked"] else { throw Refusal(status: 501) }
            length = try lengths.first.map(Self.length) ?? 0
            isChunked = !codings.isEmpty
            self.bytes = bytes
            method = String(decoding: words[0], as: UTF8.self)
            target = String(decoding: words[1], as: UTF8.self)
            keepsAlive = version == "HTTP/1.1" && !fields.members(of: "connection").contains("close")
            expectsContinue = fields.members(of: "expect") == ["100-continue"] && (isChunked || length > 0)
        }

        private static func length(_ text: String) throws(Refusal) -> Int {
            guard !text.isEmpty, text.utf8.count <= 15, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = Int(text)
            else { throw Refusal(status: 400) }
            return number
        }
    }
}
