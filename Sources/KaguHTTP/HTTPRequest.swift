// SPDX-License-Identifier: Apache-2.0

/// One request, sent as it is: nothing is added but `Host`, `User-Agent`, `Accept-Encoding`, `Accept: */*` where
/// the caller names none, and the length of a body (P4).
public struct HTTPRequest: Sendable {
    /// What is asked of the target.
    public enum Method: String, Hashable, Sendable {
        /// The methods that polls and deliveries need; only `get` goes without a body.
        case get = "GET"
        /// Creates or reports.
        case post = "POST"
        /// Replaces.
        case put = "PUT"
        /// Changes.
        case patch = "PATCH"
    }

    /// The method.
    public var method: Method
    /// The absolute `http` or `https` URL; its target is sent byte for byte (P2, P4), without the fragment.
    public var url: String
    /// Further header fields, in order; validators among them.
    public var headers: [HTTPHeader]
    /// The body; sent by every method but GET.
    public var body: [UInt8]?
    /// How much time and memory the request may take.
    public var limits: HTTPLimits
    /// Which addresses may be connected to (S2, S3, D14).
    public var addressGuard: AddressGuard

    /// A request; a GET within the limits of a poll and to public addresses only, unless said otherwise.
    public init(
        _ method: Method = .get, url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil,
        limits: HTTPLimits = .poll, addressGuard: AddressGuard = .publicOnly
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.limits = limits
        self.addressGuard = addressGuard
    }
}

/// One header field of a request.
public struct HTTPHeader: Hashable, Sendable {
    /// The name as it is sent.
    public var name: String
    /// The value as it is sent; a line break or NUL in it fails the request.
    public var value: [UInt8]

    /// A field whose value is sent in UTF-8.
    public init(_ name: String, _ value: String) {
        self.init(name, bytes: Array(value.utf8))
    }

    /// A field whose value is sent byte for byte.
    public init(_ name: String, bytes: [UInt8]) {
        self.name = name
        self.value = bytes
    }
}

/// The bounds of one request (S6, D13). They hold while the answer streams in.
public struct HTTPLimits: Hashable, Sendable {
    /// What happens to a body that exceeds its limit.
    public enum Overflow: Hashable, Sendable {
        /// The transfer is aborted and fails with `tooLarge`.
        case fails
        /// The transfer ends there and succeeds with the bytes so far; the connection is closed.
        case truncates
    }

    /// Bytes of the decoded body.
    public var bodyBytes: Int
    /// What happens beyond them.
    public var overflow: Overflow
    /// Bytes of all response headers, interim answers and trailers included; more fails with `headersTooLarge`.
    public var headerBytes: Int
    /// The whole request, from `send` to the last byte; then `timeout`.
    public var total: Duration
    /// Name lookup, connection and TLS; then `timeout`.
    public var connect: Duration

    /// Bounds of a request.
    public init(bodyBytes: Int, overflow: Overflow, headerBytes: Int, total: Duration, connect: Duration) {
        self.bodyBytes = bodyBytes
        self.overflow = overflow
        self.headerBytes = headerBytes
        self.total = total
        self.connect = connect
    }

    /// The limits of a poll (S6): 32 MiB, 64 KiB of headers, 60 s in all, 15 s to connect.
    public static let poll = HTTPLimits(
        bodyBytes: 32 << 20, overflow: .fails, headerBytes: 64 << 10, total: .seconds(60), connect: .seconds(15))

    /// The limits of a delivery (D13): 64 KiB of body are read, 64 KiB of headers, 15 s in all, 5 s to connect.
    public static let delivery = HTTPLimits(
        bodyBytes: 64 << 10, overflow: .truncates, headerBytes: 64 << 10, total: .seconds(15), connect: .seconds(5))
}
