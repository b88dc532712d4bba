// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension StateFeedList {
    /// What became of feeds that were to be added.
    public struct Addition: Sendable {
        /// The list with the feeds that were added.
        public let list: StateFeedList
        /// What was added, in order, under the ids that they have now.
        public let added: [Feed]
        /// The listed feeds, of this or another list, that have the address of one that was to be added.
        public let alreadyListed: [Feed]
        /// One for each feed that was not added: warnings for addresses that are listed already, with the place,
        /// errors for what cannot be listed.
        public let problems: [ConfigProblem]
    }

    /// Adds feeds. `listed` are the feeds of all lists in force, so that addresses and ids stay unique. A feed with
    /// an empty `id` gets one from its host, path and query; one whose id another feed has is refused. An address
    /// that comes twice is added once, with the tags of both.
    public func adding(_ feeds: [Feed], listed: [Feed]) -> Addition {
        var joining = Joining(known: self.feeds + listed)
        for feed in feeds { joining.add(feed) }
        let added = joining.added
        guard !added.isEmpty else {
            return Addition(
                list: self, added: [], alreadyListed: joining.alreadyListed, problems: joining.problems)
        }
        do {
            let list = try changed(to: self.feeds + added, edited: appended(added))
            return Addition(
                list: list, added: Array(list.feeds.suffix(added.count)), alreadyListed: joining.alreadyListed,
                problems: joining.problems)
        } catch {
            return Addition(
                list: self, added: [], alreadyListed: joining.alreadyListed,
                problems: joining.problems + error.problems)
        }
    }
}

/// Feeds on their way into a list.
private struct Joining {
    private(set) var added: [Feed] = []
    private(set) var alreadyListed: [Feed] = []
    private(set) var problems: [ConfigProblem] = []
    private var knownByAddress: [RequestAddress: Feed] = [:]
    private var knownByID: [String: Feed] = [:]
    private var indexByAddress: [RequestAddress: Int] = [:]

    init(known: [Feed]) {
        for feed in known {
            if let address = RequestAddress(feed.url), knownByAddress[address] == nil {
                knownByAddress[address] = feed
            }
            if knownByID[feed.id] == nil { knownByID[feed.id] = feed }
        }
    }

    mutating func add(_ feed: Feed) {
        let parts: WebAddress
        switch FeedAddress(feed.url) {
        case .unusable(let fault, _): return refuse(fault, feed)
        case .usable(let usable): parts = usable
        }
        let address = RequestAddress(parts)
        if let known = knownByAddress[address] {
            alreadyListed.append(known)
            return refuse(.alreadyListed(id: known.id, known.location), feed, severity: .warning)
        }
        if let index = indexByAddress[address] {
            let first = added[index]
            added[index] = first.with(tags: first.tags + feed.tags.filter { !first.tags.contains($0) })
            return
        }
        var id = feed.id
        if id.isEmpty {
            id = FeedIdentifier.derived(from: parts)
            if knownByID[id] != nil {
                id = FeedIdentifier.distinguished(id, url: feed.url) { knownByID[$0] != nil }
            }
        } else if !FeedIdentifier.isValid(id) {
            return refuse(.noFeedID(id, remedy: FeedIdentifier.slug(id)), feed)
        } else if let known = knownByID[id] {
            return refuse(.duplicateFeedID(id, known.location ?? SourceLocation(file: known.url)), feed)
        }
        let accepted = feed.with(
            id: id, title: feed.title.withoutMark.trimmed,
            tags: feed.tags.map(\.withoutMark.trimmed).filter { !$0.isEmpty })
        knownByID[id] = accepted
        indexByAddress[address] = added.count
        added.append(accepted)
    }

    private mutating func refuse(_ fault: ConfigFault, _ feed: Feed, severity: ConfigProblem.Severity = .error) {
        let name = feed.title.isEmpty ? feed.id : feed.title
        problems.append(
            ConfigProblem(
                name.isEmpty ? fault.wording : "\"\(name)\": \(fault.wording)", at: feed.location,
                severity: severity))
    }
}

extension String {
    /// Without the byte-order marks that it begins with: no reader of YAML gives them back.
    fileprivate var withoutMark: String {
        String(String.UnicodeScalarView(unicodeScalars.drop { $0 == "\u{FEFF}" }))
    }
}
