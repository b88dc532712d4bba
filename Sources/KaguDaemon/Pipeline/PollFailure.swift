// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel

/// Why a poll was not accepted, and what that does to the feed (§1.4): the one place where answers become states.
struct PollFailure: Error, Hashable, Sendable {
    /// The feed's state from now on.
    let state: FeedState
    /// One line for `kagu feeds list`: lower case but for HTTP, free of URLs.
    let reason: String
    /// The next poll is not before this (P21, 401/403/451/429).
    let leastWait: Duration?
    /// Our own stopping, not the publisher's doing: nothing is counted.
    let isCancellation: Bool

    /// Blocked feeds, and throttled ones without a usable Retry-After, rest at least that long.
    static let blockedWait: Duration = .seconds(4 * 60 * 60)

    init(_ state: FeedState, _ reason: String, leastWait: Duration? = nil, isCancellation: Bool = false) {
        self.state = state
        self.reason = reason
        self.leastWait = leastWait
        self.isCancellation = isCancellation
    }

    /// A transport error or limit.
    init(_ failure: HTTPFailure) {
        self.init(.failing, failure.message, isCancellation: failure.kind == .cancelled)
    }

    /// A body that is no feed (F18).
    init(_ failure: ParseFailure) {
        switch failure {
        case .html: self.init(.html, failure.description)
        case .empty, .notAFeed, .tooLarge: self.init(.parse, failure.description)
        }
    }

    /// An answer that is neither 200 nor a usable 304 or redirect.
    init(status: Int, headers: HTTPHeaders, now: Instant) {
        let hold = RetryAfter(headers, now: now).hold?.duration
        let reason = "HTTP \(status)"
        switch status {
        case 401, 403, 451:
            self.init(.blocked, reason, leastWait: max(hold ?? .zero, Self.blockedWait))
        case 410:
            self.init(.gone, reason)
        case 429:
            self.init(.throttled, reason, leastWait: hold ?? Self.blockedWait)
        case 503 where hold != nil:
            self.init(.throttled, reason, leastWait: hold)
        default:
            self.init(.failing, reason, leastWait: hold)
        }
    }
}
