// SPDX-License-Identifier: Apache-2.0

/// What one client of a `LoopbackServer` may cost.
public struct LoopbackLimits: Hashable, Sendable {
    /// Bytes of request line and header fields; more is answered 431.
    public var headBytes = 64 << 10
    /// Bytes of a body; more is answered 413.
    public var bodyBytes = 1 << 20
    /// Connections at a time; one more is closed at once.
    public var connections = 64
    /// Time from a request's first byte to its last; then 408.
    public var requestTime: Duration = .seconds(30)
    /// Time that a connection may wait for its next request.
    public var idleTime: Duration = .seconds(60)
    /// Time that a client may take no byte of its answer.
    public var stallTime: Duration = .seconds(30)

    /// The limits of `kagu listen` and `kagu demo`.
    public init() {}
}
