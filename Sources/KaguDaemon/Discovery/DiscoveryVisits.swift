// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguHTTP
import KaguModel
import KaguStore

/// The requests of one search for feeds, with what is left of their bounds.
struct DiscoveryVisits: Sendable {
    /// A document with where it came from, redirects followed.
    struct Page: Sendable {
        let url: String
        let contentType: String?
        let body: [UInt8]
    }

    private let discovery: FeedDiscovery
    private let startURL: String
    private let deadline: Duration
    private var requestsLeft = FeedDiscovery.maximumRequests
    /// Authorities that have asked for a pause meanwhile (P21).
    private var refusing: Set<Authority> = []

    init(discovery: FeedDiscovery, startURL: String) {
        self.discovery = discovery
        self.startURL = startURL
        deadline = discovery.time.monotonic() + FeedDiscovery.maximumTime
    }

    // MARK: Places

    /// The links that are feeds, with their titles and formats. One that could not be looked at, for want of requests
    /// or since its server did not answer, stays as the page describes it; one that is no feed goes.
    mutating func check(_ links: [FeedCandidate]) async -> [FeedCandidate] {
        var candidates: [FeedCandidate] = []
        for (index, link) in links.enumerated() {
            guard index < FeedDiscovery.maximumLinkChecks else {
                candidates.append(link)
                continue
            }
            do {
                guard case .feed(let title, let type) = DiscoveredDocument(try await fetch(link.url)) else {
                    continue
                }
                let shown = title.isEmpty ? link.title : title
                candidates.append(FeedCandidate(url: link.url, title: shown, type: type, isChecked: true))
            } catch {
                if error.isPassing { candidates.append(link) }
            }
        }
        return candidates
    }

    /// The sitemaps that the robots.txt of a page's site names.
    mutating func robotsSitemaps(of url: String) async -> [String] {
        guard let origin = HTTPOrigin(url) else { return [] }
        let robots = "\(origin)/robots.txt"
        var limits = HTTPLimits.poll
        limits.bodyBytes = RobotsSitemaps.maximumBytes
        limits.overflow = .truncates
        guard let page = try? await fetch(robots, limits: limits) else { return [] }
        return RobotsSitemaps.find(page.body, base: robots)
    }

    /// Those of the sitemaps that are news sitemaps, or feeds; the sitemaps of an index among them are looked at too,
    /// one level deep.
    mutating func newsSitemaps(of sitemaps: [String], mayFollowIndex: Bool = true) async -> [FeedCandidate] {
        var candidates: [FeedCandidate] = []
        var deeper: [String] = []
        for url in sitemaps {
            guard requestsLeft > 0, let page = try? await fetch(url) else { continue }
            switch DiscoveredDocument(page) {
            case .feed(let title, let type):
                candidates.append(FeedCandidate(url: url, title: title, type: type, isChecked: true))
            case .sitemapIndex(let children):
                if mayFollowIndex { deeper += children.filter { !sitemaps.contains($0) && !deeper.contains($0) } }
            case .page: break
            }
        }
        if !deeper.isEmpty { candidates += await newsSitemaps(of: deeper, mayFollowIndex: false) }
        return candidates
    }

    // MARK: Requests

    /// Fetches a document; every hop of a redirect is a request with a turn of its own (P2, P27).
    mutating func fetch(
        _ url: String, limits: HTTPLimits = .poll
    ) async throws(VisitFailure) -> Page {
        var urls = [url]
        while true {
            let response = try await request(urls[urls.count - 1], limits)
            switch response.status {
            case 200:
                return Page(
                    url: urls[urls.count - 1], contentType: response.headers["Content-Type"], body: response.body)
            case 301, 302, 303, 307, 308:
                guard let target = response.redirectURL, !target.isEmpty else {
                    throw .lasting("HTTP \(response.status) without a usable Location")
                }
                guard !urls.contains(target) else { throw .lasting("redirect loop") }
                guard urls.count <= RedirectTrail.maximumHops else {
                    throw .lasting("more than \(RedirectTrail.maximumHops) redirects")
                }
                urls.append(target)
            case 429:
                await obey(response, at: urls[urls.count - 1])
                throw .passing("HTTP 429")
            case 500...: throw .passing("HTTP \(response.status)")
            default: throw .lasting("HTTP \(response.status)")
            }
        }
    }

    /// 429: the authority is left alone for this search, and by everyone for as long as it says; allow-listed private
    /// ones hold nobody else (P21, P22).
    private mutating func obey(_ response: HTTPResponse, at url: String) async {
        let authority = await discovery.scheduler.authority(of: url)
        refusing.insert(authority)
        let now = discovery.time.wall()
        let asked = RetryAfter(response.headers, now: now).hold?.duration
        guard let asked, addressGuard(for: url).allowed.isEmpty else { return }
        let hold = AuthorityHold(
            authority: authority.description, until: now + asked, reason: "HTTP 429 in a search for feeds")
        await discovery.scheduler.hold(hold)
        await discovery.keep(hold)
    }

    private mutating func request(_ url: String, _ limits: HTTPLimits) async throws(VisitFailure) -> HTTPResponse {
        let left = deadline - discovery.time.monotonic()
        guard requestsLeft > 0, left > .zero else { throw .passing("too many requests for one search") }
        guard !refusing.contains(await discovery.scheduler.authority(of: url)) else {
            throw .passing("the server has asked for a pause")
        }
        requestsLeft -= 1
        var limits = limits
        limits.total = min(limits.total, left)
        let request = HTTPRequest(
            url: url, headers: [FeedFetcher.accept], limits: limits,
            addressGuard: addressGuard(for: url))
        switch await discovery.scheduler.visit(url, { [send = discovery.send] in await send(request) }) {
        case .held(let until): throw .held(until: until)
        case .done(.failure(let failure)):
            switch failure.kind {
            // It will be no other way another time.
            case .blockedAddress, .malformedURL, .protocolNotAllowed, .tooLarge, .headersTooLarge:
                throw .lasting(failure.message)
            case .dns, .connect, .tls, .timeout, .shortBody, .noAnswer, .undecodable, .cancelled, .other:
                throw .passing(failure.message)
            }
        case .done(.response(let response)): return response
        }
    }

    /// The allow-list covers what the operator named and its host and port, nothing that a page names (S3).
    private func addressGuard(for url: String) -> AddressGuard {
        HTTPOrigin(url) == HTTPOrigin(startURL) ? AddressGuard(allowing: discovery.allowedPrivate) : .publicOnly
    }
}
