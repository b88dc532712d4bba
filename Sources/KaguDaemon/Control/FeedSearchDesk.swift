// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguFeed
import KaguHTTP
import KaguModel

/// Looks for feeds and fetches documents for an operator (H3): visits that store nothing, through the same gates as
/// polls (P27).
struct FeedSearchDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts
    let visits: VisitSlots

    /// `feeds.discover`.
    func discover(_ request: DiscoverFeeds) async throws -> DiscoverFeeds.Answer {
        try await candidates(of: request.url, reach: .everyPlace).map(OfferedFeed.init)
    }

    /// The feeds that an address offers; throws why there is no document.
    func candidates(of url: String, reach: FeedDiscovery.Reach) async throws -> [FeedCandidate] {
        let discovery = await daemon.discovery(parts)
        return try await visits.within {
            do throws(DiscoveryFailure) {
                return try await discovery.candidates(of: url, reach: reach)
            } catch {
                throw ControlRefusal(error, url)
            }
        }
    }

    /// `feeds.fetch`: the document as a first poll would get it.
    func fetch(_ request: FetchDocument) async throws -> FetchDocument.Answer {
        let discovery = await daemon.discovery(parts)
        return try await visits.within {
            guard HTTPOrigin(request.url) != nil else { throw ControlRefusal(.noAddress, request.url) }
            var visit = DiscoveryVisits(discovery: discovery, startURL: request.url)
            do throws(VisitFailure) {
                let page = try await visit.fetch(request.url)
                return FetchDocument.Answer(
                    url: page.url, status: 200, contentType: page.contentType, body: Base64.encode(page.body))
            } catch {
                throw ControlRefusal(error.failure, request.url)
            }
        }
    }
}

extension ControlRefusal {
    /// Why an address gave no document.
    init(_ failure: DiscoveryFailure, _ url: String) {
        let subject = HTTPOrigin(url) == nil ? "\"\(url.prefix(200))\"" : LoggedAddress(url).description
        let message = "\(subject): \(failure)"
        switch failure {
        case .held: self.init(.held, message)
        case .noAddress, .unanswered: self.init(.fetch, message)
        }
    }
}
