// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore

/// Fetches one feed: a conditional GET, and the redirects that follow it, each a request of its own with a turn of
/// its own at its authority (P2, P24, P27). Owns nothing; runs in the pool.
struct FeedFetcher: Sendable {
    let client: HTTPClient
    /// What `http.allow_private` opens (S3).
    let allowedPrivate: [AllowedAddress]
    let time: TimeSource

    /// At most this many redirects are followed (P24).
    static let maximumHops = 5
    /// What kagu asks for, in the order of preference (P4).
    static let accept =
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
        + "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"

    /// Polls the feed's listed URL. `headers` are its own, sent to the origin of that URL only (P25).
    func fetch(
        _ feed: Feed, headers: [HTTPHeader], validators: StoredValidators?, scheduler: Scheduler
    ) async -> FetchResult {
        var deadline = time.monotonic() + HTTPLimits.poll.total
        var trail = RedirectTrail(listedURL: feed.url)
        while true {
            if trail.urls.count > 1 {
                // Waiting for gates does not count as time of the poll (§5).
                let since = time.monotonic()
                await scheduler.moveTurn(of: feed.id, to: trail.currentURL)
                deadline += time.monotonic() - since
            }
            let isListedOrigin = trail.sharesOrigin(with: trail.currentURL)
            let request = HTTPRequest(
                url: trail.currentURL,
                headers: [HTTPHeader("Accept", Self.accept)] + (isListedOrigin ? headers : [])
                    + conditions(validators, for: trail.currentURL),
                limits: limits(until: deadline), addressGuard: addressGuard(trail))
            switch await client.send(request) {
            case .failure(let failure):
                return .failed(.init(failure))
            case .response(let response) where isRedirect(response.status):
                if let problem = trail.follow(response) { return .failed(problem) }
            case .response(let response):
                return result(of: response, trail: trail, isConditional: validators?.url == trail.currentURL)
            }
        }
    }

    private func conditions(_ validators: StoredValidators?, for url: String) -> [HTTPHeader] {
        guard let validators, validators.url == url else { return [] }
        return validators.pair.requestHeaders
    }

    /// All hops together have the time of one poll (§5).
    private func limits(until deadline: Duration) -> HTTPLimits {
        var limits = HTTPLimits.poll
        limits.total = max(.milliseconds(1), deadline - time.monotonic())
        return limits
    }

    /// The allow-list covers the listed URL and redirects within its host and port, nothing else (S3).
    private func addressGuard(_ trail: RedirectTrail) -> AddressGuard {
        trail.sharesOrigin(with: trail.currentURL) ? AddressGuard(allowing: allowedPrivate) : .publicOnly
    }

    private func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    private func result(of response: HTTPResponse, trail: RedirectTrail, isConditional: Bool) -> FetchResult {
        switch response.status {
        case 200:
            return .document(
                FetchedDocument(
                    body: response.body, contentType: response.headers["Content-Type"],
                    contentLanguage: response.headers["Content-Language"], trail: trail,
                    validators: StoredValidators(Validators(of: response.headers), at: trail.currentURL),
                    freshness: CacheHints.freshness(of: response.headers, now: time.wall())))
        case 304 where isConditional:
            return .unchanged(
                validators: StoredValidators(Validators(of: response.headers), at: trail.currentURL), trail: trail,
                freshness: CacheHints.freshness(of: response.headers, now: time.wall()))
        case 304:
            return .failed(PollFailure(.failing, "304 answered an unconditional request"))
        default:
            return .failed(PollFailure(status: response.status, headers: response.headers, now: time.wall()))
        }
    }
}

/// What a fetch came to.
enum FetchResult: Sendable {
    /// 304: validators that it carries replace the stored ones (P8).
    case unchanged(validators: StoredValidators, trail: RedirectTrail, freshness: Duration?)
    /// 200 with a body, not yet looked at.
    case document(FetchedDocument)
    /// Anything else.
    case failed(PollFailure)
}

/// A body with what its answer said of it.
struct FetchedDocument: Sendable {
    let body: [UInt8]
    let contentType: String?
    let contentLanguage: String?
    /// Where it came from, and over which addresses.
    let trail: RedirectTrail
    let validators: StoredValidators
    /// How long the publisher calls it fresh (P17).
    let freshness: Duration?
}

extension StoredValidators {
    /// The validators of an answer, with the address that they belong to (P10).
    init(_ validators: Validators, at url: String) {
        self.init(url: url, etag: validators.etag, lastModified: validators.lastModified)
    }

    /// The validators without their address.
    var pair: Validators { Validators(etag: etag, lastModified: lastModified) }
}
