// SPDX-License-Identifier: Apache-2.0

public import KaguLoopback

/// What a `LoopbackOrigin` does with one request: an answer byte by byte, well-behaved or not.
public struct ScriptedResponse: Sendable {
    /// A piece of the body, sent as it is: compressed bodies are the test's part.
    public typealias Part = LoopbackAnswer.Piece

    /// How the client is told where the body ends.
    public enum Framing: Sendable {
        /// `Content-Length` of the parts.
        case contentLength
        /// `Content-Length` of that number, true or not.
        case announced(Int)
        /// One chunk a part.
        case chunked
        /// Only by the end of the connection; takes `Ending.close`.
        case untilClose
        /// No header of ours and no end mark: for answers that carry no body.
        case none
    }

    /// What follows the parts.
    public enum Ending: Sendable {
        /// The end mark; the connection serves another request.
        case keepAlive
        /// The end mark, then the connection is closed.
        case close
        /// The connection is closed without an end mark.
        case cut
        /// The connection is reset without an end mark.
        case reset
        /// Nothing more, while the connection stays open.
        case silence
    }

    /// The status code.
    public var status: Int
    /// Header fields in order; values are sent as one byte a scalar below U+0100.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var parts: [Part]
    /// Where the body ends.
    public var framing: Framing
    /// What follows.
    public var ending: Ending
    /// The wait before the first byte.
    public var delay: Duration
    /// Sent instead of status line, headers and blank line.
    public var rawHead: [UInt8]?

    /// An answer; empty, immediate and complete unless said otherwise.
    public init(
        status: Int = 200, headers: [(name: String, value: String)] = [], parts: [Part] = [],
        framing: Framing = .contentLength, ending: Ending = .keepAlive, delay: Duration = .zero,
        rawHead: [UInt8]? = nil
    ) {
        self.status = status
        self.headers = headers
        self.parts = parts
        self.framing = framing
        self.ending = ending
        self.delay = delay
        self.rawHead = rawHead
    }
}

extension ScriptedResponse {
    /// A complete answer with a text body.
    public static func text(
        _ body: String, status: Int = 200, headers: KeyValuePairs<String, String> = [:]
    ) -> ScriptedResponse {
        bytes(Array(body.utf8), status: status, headers: headers)
    }

    /// A complete answer with a body of bytes.
    public static func bytes(
        _ body: [UInt8], status: Int = 200, headers: KeyValuePairs<String, String> = [:]
    ) -> ScriptedResponse {
        ScriptedResponse(
            status: status, headers: headers.map { ($0.key, $0.value) }, parts: body.isEmpty ? [] : [Part(body)])
    }

    /// An answer without a body.
    public static func status(_ status: Int, headers: KeyValuePairs<String, String> = [:]) -> ScriptedResponse {
        ScriptedResponse(status: status, headers: headers.map { ($0.key, $0.value) })
    }

    /// 304, which has no body and no length.
    public static func notModified(headers: KeyValuePairs<String, String> = [:]) -> ScriptedResponse {
        ScriptedResponse(status: 304, headers: headers.map { ($0.key, $0.value) }, framing: .none)
    }

    /// A redirect.
    public static func redirect(to location: String, status: Int = 302) -> ScriptedResponse {
        .status(status, headers: ["Location": location])
    }

    /// The request is read, and nothing is ever answered.
    public static let never = ScriptedResponse(framing: .none, ending: .silence, rawHead: [])

    /// The connection is reset in place of an answer.
    public static let reset = ScriptedResponse(framing: .none, ending: .reset, rawHead: [])

    /// The connection is closed in place of an answer.
    public static let hangUp = ScriptedResponse(framing: .none, ending: .cut, rawHead: [])

    /// One byte at a time with a pause before each, `count` times, under a true `Content-Length`.
    public static func drip(count: Int, every pause: Duration) -> ScriptedResponse {
        ScriptedResponse(parts: [Part([0x2E], repetitions: count, pause: pause)])
    }

    /// The same answer after a wait.
    public func delayed(by delay: Duration) -> ScriptedResponse {
        var copy = self
        copy.delay = delay
        return copy
    }

    /// What the server sends.
    var answer: LoopbackAnswer {
        var isChunked = false
        if case .chunked = framing { isChunked = true }
        var pieces = [LoopbackAnswer.Piece(head, pause: delay)]
        pieces += parts.map { part in
            var piece = part
            if isChunked { piece.bytes = Self.chunk(part.bytes) }
            return piece
        }
        let endMark = LoopbackAnswer.Piece(isChunked ? Array("0\r\n\r\n".utf8) : [])
        return switch ending {
        case .keepAlive: LoopbackAnswer(pieces + [endMark], ending: .keepAlive)
        case .close: LoopbackAnswer(pieces + [endMark], ending: .close)
        case .cut: LoopbackAnswer(pieces, ending: .close)
        case .reset: LoopbackAnswer(pieces, ending: .reset)
        case .silence: LoopbackAnswer(pieces, ending: .silence)
        }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [0x0D, 0x0A]
    }

    /// The status line with all headers, as it is sent.
    private var head: [UInt8] {
        if let rawHead { return rawHead }
        var lines = "HTTP/1.1 \(status) \(Self.reason(status))\r\n".utf8.map { $0 }
        for (name, value) in headers {
            lines += Array("\(name): ".utf8) + Self.bytes(of: value) + [0x0D, 0x0A]
        }
        switch framing {
        case .contentLength:
            let length = parts.reduce(0) { $0 + $1.bytes.count * $1.repetitions }
            lines += Array("Content-Length: \(length)\r\n".utf8)
        case .announced(let length): lines += Array("Content-Length: \(length)\r\n".utf8)
        case .chunked: lines += Array("Transfer-Encoding: chunked\r\n".utf8)
        case .untilClose, .none: break
        }
        if case .close = ending { lines += Array("Connection: close\r\n".utf8) }
        return lines + [0x0D, 0x0A]
    }

    private static func bytes(of value: String) -> [UInt8] {
        value.unicodeScalars.flatMap { $0.value < 0x100 ? [UInt8($0.value)] : Array(String($0).utf8) }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 404: "Not Found"
        case 410: "Gone"
        case 429: "Too Many Requests"
        case 503: "Service Unavailable"
        default: "Status"
        }
    }
}
