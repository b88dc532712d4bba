// SPDX-License-Identifier: Apache-2.0

/// How a request ended.
public enum HTTPOutcome: Sendable {
    /// A complete answer, whatever its status.
    case response(HTTPResponse)
    /// No complete answer.
    case failure(HTTPFailure)
}

/// A complete answer.
public struct HTTPResponse: Sendable {
    /// The status code of the final answer.
    public var status: Int
    /// Its header fields.
    public var headers: HTTPHeaders
    /// The body, content codings removed.
    public var body: [UInt8]
    /// Whether the body was cut at its limit (`HTTPLimits.Overflow.truncates`).
    public var isBodyTruncated: Bool
    /// Where a 3xx points to, made absolute; nil where it points nowhere. It is not followed (P2).
    public var redirectURL: String?
    /// The address that answered, without port; the proxy's where one is used.
    public var remoteAddress: String
    /// Bytes of headers and body as they came over the wire, before decoding.
    public var wireBytes: Int
    /// From the transfer's start to its last byte.
    public var duration: Duration

    /// An answer; what tests do not care about has defaults.
    public init(
        status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], isBodyTruncated: Bool = false,
        redirectURL: String? = nil, remoteAddress: String = "", wireBytes: Int = 0, duration: Duration = .zero
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isBodyTruncated = isBodyTruncated
        self.redirectURL = redirectURL
        self.remoteAddress = remoteAddress
        self.wireBytes = wireBytes
        self.duration = duration
    }
}

/// Why there is no complete answer.
public struct HTTPFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The classes that callers tell apart.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The host's name did not resolve.
        case dns
        /// No connection came about.
        case connect
        /// The TLS handshake or the certificate failed.
        case tls
        /// A limit of time was reached (P28, S6).
        case timeout
        /// The connection ended before the announced body did (P9).
        case shortBody
        /// The connection was lost before an answer came.
        case noAnswer
        /// The decoded body exceeded its limit (S6).
        case tooLarge
        /// The headers exceeded their limit (S6).
        case headersTooLarge
        /// The body does not fit its `Content-Encoding`.
        case undecodable
        /// The address guard refused every address of the host (S1); `blocked_address`.
        case blockedAddress
        /// Neither `http` nor `https` (P2).
        case protocolNotAllowed
        /// No URL that can be requested.
        case malformedURL
        /// The task was cancelled, or the client shut down.
        case cancelled
        /// Anything else: broken HTTP, a broken request header.
        case other
    }

    /// The class.
    public var kind: Kind
    /// What happened: lower case, no full stop; free of URLs and secrets (S5).
    public var message: String
    /// Whether no connection came about: the name did not resolve, or nobody could be connected to, in time or at
    /// all (refused, no route, no network). Says nothing good of the uplink (P19).
    public var isUnreachable: Bool
    /// Whether any byte of an answer came before the failure, half a header for instance: proof of an uplink (P19).
    public var hasAnswered: Bool

    /// A failure with its wording; `dns` and `connect` are unreachable, and so is a time-out that says so.
    public init(_ kind: Kind, _ message: String, isUnreachable: Bool? = nil, hasAnswered: Bool = false) {
        self.kind = kind
        self.message = message
        self.isUnreachable = isUnreachable ?? (kind == .dns || kind == .connect)
        self.hasAnswered = hasAnswered
    }

    /// The message.
    public var description: String { message }
}
