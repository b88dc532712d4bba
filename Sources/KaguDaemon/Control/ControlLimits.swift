// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What a client of the control socket may take of the daemon (O11, house rule 8).
struct ControlLimits: Hashable, Sendable {
    /// Connections at a time; one more is told that the daemon is busy.
    var connections = 32
    /// Bytes of one request.
    var request = ControlProtocol.maximumRequest
    /// Bytes of all requests that are being read.
    var buffered = ByteCount.mebibytes(16)
    /// From the connection to the end of the request's line.
    var requestTime: Duration = .seconds(10)
    /// From the first to the last byte of the reply.
    var replyTime: Duration = .seconds(30)
    /// Documents that are fetched or looked through at a time.
    var fetches = 2
    /// Those that wait for one of them to end.
    var waitingFetches = 24
}
