// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguConfig
import KaguFeed
import KaguModel

/// Adds feeds to `feeds.yaml` in the state directory and takes them out of it (H2, H3). A change is kept only if the
/// whole configuration is valid with it.
struct FeedListDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts
    let search: FeedSearchDesk

    /// `feeds.add`: the feed as it is, or the sole one that its address offers.
    func add(_ request: AddFeed) async throws -> AddFeed.Answer {
        var feed = request.feed
        if let listed = await daemon.listedFeed(at: feed.url) { throw ControlRefusal(alreadyListed: listed) }
        if !request.asItIs {
            let offered = try await offers(of: feed.url)
            guard offered.count == 1, let only = offered.first else {
                return AddFeed.Answer(added: nil, candidates: offered)
            }
            feed.url = only.url
        }
        let addition = try await daemon.addFeeds([feed.feed(id: feed.id ?? "", url: feed.url)], parts)
        if let added = addition.added.first { return AddFeed.Answer(added: ListedFeed(added)) }
        if let listed = addition.alreadyListed.first { throw ControlRefusal(alreadyListed: listed) }
        throw ConfigFailure(addition.problems)
    }

    /// `feeds.remove`.
    func remove(_ request: RemoveFeeds) async throws -> RemoveFeeds.Answer {
        let feeds = try await daemon.removeFeeds(request.feeds, parts)
        return feeds.map(ListedFeed.init)
    }

    /// `feeds.import`.
    func importFeeds(_ request: ImportFeeds) async throws -> ImportFeeds.Answer {
        guard let bytes = Base64.decode(request.document) else {
            throw ControlRefusal(.malformed, "\(request.file): the document did not come as base64")
        }
        let (feeds, problems) = OPML.read(bytes, file: request.file)
        guard !feeds.isEmpty else {
            throw ControlRefusal(
                .nothing, problems.first.map(\.oneLine) ?? "\(request.file): no feeds; outlines need an xmlUrl")
        }
        let addition = try await daemon.addFeeds(feeds, parts)
        return ImportFeeds.Answer(addition, reading: problems)
    }

    private func offers(of url: String) async throws -> [OfferedFeed] {
        let found = try await search.candidates(of: url, reach: .firstPlace)
        guard !found.isEmpty else {
            throw ControlRefusal(
                .nothing, "\(LoggedAddress(url)): no feed there and none linked; --as-is adds it all the same")
        }
        return found.map(OfferedFeed.init)
    }
}

extension ListedFeed {
    /// A feed of a list, without the secrets that its address may hold.
    init(_ feed: Feed) { self.init(id: feed.id, url: ShownAddress.text(feed.url), title: feed.title) }
}

extension OfferedFeed {
    /// What a search found.
    init(_ candidate: FeedCandidate) {
        self.init(url: candidate.url, title: candidate.title, type: candidate.type)
    }
}

extension ControlRefusal {
    /// A feed has that address.
    fileprivate init(alreadyListed feed: Feed) {
        self.init(.exists, "feed \(feed.id)\(feed.place): has this address already")
    }
}

extension Feed {
    /// ` (file:line)`, or nothing where it is not known.
    fileprivate var place: String { location.map { " (\($0))" } ?? "" }
}

extension ImportFeeds.Answer {
    /// What became of an import.
    init(_ addition: StateFeedList.Addition, reading problems: [ConfigProblem]) {
        let errors = (problems + addition.problems).filter { $0.severity == .error }
        self.init(
            added: addition.added.map(ListedFeed.init), duplicates: addition.alreadyListed.map(ListedFeed.init),
            unusable: errors.map(\.oneLine))
    }
}
