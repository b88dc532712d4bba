// SPDX-License-Identifier: Apache-2.0

import KaguLoopback
public import KaguModel

/// One request as a `LoopbackOrigin` received it.
public struct RecordedRequest: Sendable {
    /// When it was complete, by the origin's clock.
    public let time: Instant
    /// When it was complete, by the monotonic clock.
    public let uptime: ContinuousClock.Instant
    private let request: LoopbackRequest

    /// `request` as of now.
    init(_ request: LoopbackRequest, time: Instant) {
        self.time = time
        self.request = request
        uptime = .now
    }

    /// Counts the connections of the origin from 1: requests with one number shared a connection.
    public var connection: Int { request.connection }
    /// `GET`, `POST`, ….
    public var method: String { request.method }
    /// The request target as sent, query included.
    public var target: String { request.target }
    /// Request line and header fields with their line ends, as sent, without the blank line.
    public var head: [UInt8] { request.head }
    /// The body.
    public var body: [UInt8] { request.body }
    /// The target without its query.
    public var path: String { request.path }
    /// The body read as UTF-8.
    public var bodyText: String { String(decoding: body, as: UTF8.self) }
    /// Names (as sent) and values of the header fields, in order; one scalar a byte.
    public var headers: [(name: String, value: String)] { request.headers }

    /// The first value of a header field, found without case.
    public func header(_ name: String) -> String? { request.header(name) }
}
