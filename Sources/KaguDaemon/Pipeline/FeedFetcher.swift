// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore

/// Fetches one feed: a conditional GET, and the redirects that follow it, each a request of its own with a turn of
/// its own at its authority (P2, P24, P27). Owns nothing; runs in the pool.
struct FeedFetcher: Sendable {
    /// Sends one request: libcurl in the daemon, a publisher of its own in a simulation.
    let send: @Sendable (HTTPRequest) async -> HTTPOutcome
    /// What `http.allow_private` opens (S3).
    let allowedPrivate: [AllowedAddress]
    let time: TimeSource

    /// What kagu asks for, in the order of preference (P4).
    static let accept = HTTPHeader(
        "Accept",
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
            + "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1")

    /// Polls `address`: the listed URL of `feed`, or the target of its confirmed move. `headers` are the feed's own,
    /// sent to the origin of the listed URL only (P25); `validators` go to the URL that they belong to (P10).
    func fetch(
        _ feed: Feed, at address: String, headers: [HTTPHeader], validators: StoredValidators?,
        scheduler: Scheduler
    ) async -> Fetch {
        let start = time.monotonic()
        var deadline = start + HTTPLimits.poll.total
        var trail = RedirectTrail(listedURL: feed.url, startURL: address)
        var lastHop: Int?
        func ended(_ failure: PollFailure, _ contact: Contact) -> Fetch {
            Fetch(
                outcome: .failed(failure), trail: trail, status: lastHop, duration: time.monotonic() - start,
                contact: lastHop == nil ? contact : .answered)
        }
        while true {
            if lastHop != nil {
                // Waiting for gates does not count as time of the poll (§5).
                let since = time.monotonic()
                if case .held(let until) = await scheduler.moveTurn(of: feed.id, to: trail.currentURL) {
                    return ended(held(trail, until), .answered)
                }
                deadline += time.monotonic() - since
            }
            let request = HTTPRequest(
                url: trail.currentURL, headers: requestHeaders(trail, headers, validators),
                limits: limits(until: deadline), addressGuard: addressGuard(trail))
            switch await send(request) {
            case .failure(let failure):
                return ended(PollFailure(failure), failure.contact)
            case .response(let response) where Self.redirects.contains(response.status):
                lastHop = response.status
                if let problem = trail.follow(response) { return ended(problem, .answered) }
            case .response(let response):
                return answered(
                    response, trail, isConditional: validators?.url == trail.currentURL,
                    duration: time.monotonic() - start)
            }
        }
    }

    private static let redirects: Set<Int> = [301, 302, 303, 307, 308]

    private func requestHeaders(
        _ trail: RedirectTrail, _ own: [HTTPHeader], _ validators: StoredValidators?
    ) -> [HTTPHeader] {
        var headers = [Self.accept]
        if !own.isEmpty, trail.isAtListedOrigin { headers += own }
        if let validators, validators.url == trail.currentURL { headers += validators.pair.requestHeaders }
        return headers
    }

    /// All hops together have the time of one poll (§5).
    private func limits(until deadline: Duration) -> HTTPLimits {
        var limits = HTTPLimits.poll
        limits.total = max(.milliseconds(1), deadline - time.monotonic())
        return limits
    }

    /// The allow-list covers the listed URL and redirects within its host and port, nothing else (S3).
    private func addressGuard(_ trail: RedirectTrail) -> AddressGuard {
        guard !allowedPrivate.isEmpty, trail.isAtListedEndpoint else { return .publicOnly }
        return AddressGuard(allowing: allowedPrivate)
    }

    private func held(_ trail: RedirectTrail, _ until: Instant) -> PollFailure {
        let authority = HTTPOrigin(trail.currentURL)?.authority ?? "the redirect's target"
        return PollFailure(
            .throttled, "\(authority), where it redirects to, asked for a pause",
            retryAfter: max(.zero, until - time.wall()))
    }

    private func answered(
        _ response: HTTPResponse, _ trail: RedirectTrail, isConditional: Bool, duration: Duration
    ) -> Fetch {
        let validators = StoredValidators(Validators(of: response.headers), at: trail.currentURL)
        let outcome: Fetch.Outcome =
            switch response.status {
            case 200:
                .document(
                    FetchedDocument(body: response.body, headers: response.headers, validators: validators))
            case 304 where isConditional: .unchanged(validators)
            case 304: .failed(PollFailure(.failing, "HTTP 304 in answer to an unconditional request"))
            default: .failed(refusal(response, trail))
            }
        return Fetch(
            outcome: outcome, trail: trail, status: response.status, bytes: response.body.count, duration: duration,
            contact: .answered, freshness: CacheHints.freshness(of: response.headers, now: time.wall()))
    }

    private func refusal(_ response: HTTPResponse, _ trail: RedirectTrail) -> PollFailure {
        let wall = BotWall.name(headers: response.headers, body: response.body, url: trail.currentURL)
        return PollFailure(status: response.status, headers: response.headers, wall: wall, now: time.wall())
    }
}

extension HTTPFailure {
    /// What a request without an answer says about the uplink (P19).
    fileprivate var contact: Contact {
        if hasAnswered { return .answered }
        return isUnreachable ? .unreachable : .undecided
    }
}
