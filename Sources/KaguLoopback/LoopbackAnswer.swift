// SPDX-License-Identifier: Apache-2.0

/// What a `LoopbackServer` sends for one request, byte by byte: tests also send answers that no server should.
public struct LoopbackAnswer: Sendable {
    /// Bytes to send, once or several times.
    public struct Piece: Sendable {
        /// The bytes, head and framing included.
        public var bytes: [UInt8]
        /// How many times they are sent.
        public var repetitions: Int
        /// The wait before each time.
        public var pause: Duration

        /// A piece; once and at once unless said otherwise.
        public init(_ bytes: [UInt8], repetitions: Int = 1, pause: Duration = .zero) {
            self.bytes = bytes
            self.repetitions = repetitions
            self.pause = pause
        }
    }

    /// What follows the pieces.
    public enum Ending: Sendable {
        /// The connection serves another request.
        case keepAlive
        /// The connection is closed.
        case close
        /// The connection is reset.
        case reset
        /// Nothing more, while the connection stays open.
        case silence
    }

    /// What is sent.
    public var pieces: [Piece]
    /// What follows.
    public var ending: Ending

    /// An answer of these bytes.
    public init(_ pieces: [Piece], ending: Ending) {
        self.pieces = pieces
        self.ending = ending
    }

    /// A refusal: a status without a body, then the end of the connection.
    static func refusal(_ status: Int) -> LoopbackAnswer {
        let head = "HTTP/1.1 \(status) \r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        return LoopbackAnswer([Piece(Array(head.utf8))], ending: .close)
    }
}

extension LoopbackRequest {
    /// A complete, well-formed answer to this request: without a body for HEAD, 204 and 304 (RFC 9110 §6.4.1), and
    /// without an end of the connection that the client did not ask for. Controls in values become spaces.
    public func answer(
        _ status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) -> LoopbackAnswer {
        let hasLength = status >= 200 && status != 204 && status != 304
        var head = Array("HTTP/1.1 \(status) \r\n".utf8)
        for (name, value) in headers {
            head += Array("\(name): ".utf8) + value.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 } + [0x0D, 0x0A]
        }
        if hasLength { head += Array("content-length: \(body.count)\r\n".utf8) }
        if !keepsAlive { head += Array("connection: close\r\n".utf8) }
        head += [0x0D, 0x0A]
        if hasLength, method != "HEAD" { head += body }
        return LoopbackAnswer([.init(head)], ending: keepsAlive ? .keepAlive : .close)
    }
}
