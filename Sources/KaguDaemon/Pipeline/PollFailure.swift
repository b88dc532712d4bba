// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel

/// Why a poll was not accepted, and what that does to the feed (§1.4): the one place where answers become states.
struct PollFailure: Error, Hashable, Sendable {
    /// The least rest that an answer asks for, whatever the publisher says.
    enum Rest: Hashable, Sendable {
        /// The back-off alone.
        case backoff
        /// Blocked: at least 4 h.
        case blocked
        /// 429 without a usable `Retry-After`: at least max(2 × interval, 4 h).
        case throttled
    }

    /// Blocked feeds, and throttled ones without a usable Retry-After, rest at least that long.
    static let shortestRest: Duration = .seconds(4 * 60 * 60)

    /// The feed's state from now on.
    var state: FeedState
    /// One line for `kagu feeds list`: lower case but for names, free of URLs.
    var reason: String
    /// What `Retry-After` asks for, at most 7 d (P21).
    var retryAfter: Duration?
    /// Whether it asked for more than 7 d.
    var isRetryAfterClamped = false
    var rest = Rest.backoff
    /// 429: the whole authority is held (§1.4).
    var holdsAuthority = false
    /// Our own stopping, not the publisher's doing: nothing is counted.
    var isCancellation = false

    init(_ state: FeedState, _ reason: String, retryAfter: Duration? = nil) {
        self.state = state
        self.reason = reason
        self.retryAfter = retryAfter
    }

    /// A transport error or limit.
    init(_ failure: HTTPFailure) {
        self.init(.failing, "\(failure.kind.word): \(failure.message)")
        isCancellation = failure.kind == .cancelled
    }

    /// A body under a 200 that is no feed (F18), unless it is a wall's (P23).
    init(_ failure: ParseFailure, wall: String?) {
        if let wall {
            self.init(.blocked, wall)
            rest = .blocked
            return
        }
        switch failure {
        case .html: self.init(.html, failure.description)
        case .empty, .notAFeed, .tooLarge: self.init(.parse, failure.description)
        }
    }

    /// An answer that is neither 200 nor a usable 304 or redirect; `wall` names the bot wall that it is (P23).
    init(status: Int, headers: HTTPHeaders, wall: String? = nil, now: Instant) {
        let hold = RetryAfter(headers, now: now).hold
        self.init(.failing, "HTTP \(status)", retryAfter: hold?.duration)
        isRetryAfterClamped = hold?.isClamped ?? false
        holdsAuthority = status == 429
        if status == 429, hold == nil { rest = .throttled }
        if let wall {
            state = .blocked
            reason = wall
            if rest == .backoff { rest = .blocked }
            return
        }
        switch status {
        case 401, 403, 451:
            state = .blocked
            rest = .blocked
        case 410: state = .gone
        case 429: state = .throttled
        case 503 where hold != nil: state = .throttled
        default: break
        }
    }

    /// The next poll is not before this, whatever the back-off says; nil where only that counts.
    func leastWait(interval: Duration) -> Duration? {
        switch rest {
        case .backoff: retryAfter
        case .blocked: max(retryAfter ?? .zero, Self.shortestRest)
        case .throttled: max(interval * 2, Self.shortestRest)
        }
    }

    /// Until when the publisher asked to be left alone, for an operator's orders too (P21); nil where he did not.
    func publishersWait(interval: Duration) -> Duration? {
        rest == .throttled ? leastWait(interval: interval) : retryAfter
    }
}

extension HTTPFailure.Kind {
    /// The class as the spec names it (§5, S1).
    fileprivate var word: String {
        switch self {
        case .dns: "dns"
        case .connect: "connect"
        case .tls: "tls"
        case .timeout: "timeout"
        case .shortBody: "short_body"
        case .noAnswer: "no_answer"
        case .tooLarge: "too_large"
        case .headersTooLarge: "headers_too_large"
        case .undecodable: "undecodable"
        case .blockedAddress: "blocked_address"
        case .protocolNotAllowed: "protocol"
        case .malformedURL: "url"
        case .cancelled: "cancelled"
        case .other: "transport"
        }
    }
}
