// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguConfig
import KaguModel
import KaguStore

/// Everything that is known of one feed (O28).
struct FeedDetail {
    /// The last events that `show` prints.
    static let eventCount = 10

    /// As its list has it, and its record.
    let row: FeedRow
    /// Its last polls, the newest first.
    var polls: [PollLogEntry] = []
    /// Its last events, the newest first.
    var events: [FeedEvent] = []
    /// Items that are known of it.
    var items = 0
    /// Items that it listed after another feed had brought them (I3).
    var sightings = 0
    /// What its authority has asked for (P21).
    var hold: AuthorityHold?

    /// Reads it; everything is empty where there is no database yet.
    init(_ feed: Feed, _ reader: StateReader?, hostGroups: [String] = [], now: Instant) throws {
        row = FeedRow(feed: feed, record: try reader?.feedRecord(feed.id) ?? FeedRecord())
        guard let reader else { return }
        polls = try reader.pollLog(feedID: feed.id)
        events = try reader.events(feedID: feed.id, limit: Self.eventCount)
        (items, sightings) = try reader.itemCounts(feedID: feed.id)
        let address = redirects?.confirmed ?? feed.url
        hold = try reader.holds().first { $0.until > now && $0.covers(address, hostGroups) }
    }

    /// For tests.
    init(
        row: FeedRow, polls: [PollLogEntry] = [], events: [FeedEvent] = [], items: Int = 0, sightings: Int = 0,
        hold: AuthorityHold? = nil
    ) {
        self.row = row
        self.polls = polls
        self.events = events
        self.items = items
        self.sightings = sightings
        self.hold = hold
    }

    /// Not before then: the feed's own pause or that of its authority, whichever lasts longer (P21).
    func heldUntil(now: Instant) -> Instant? {
        [row.record.heldUntil, hold?.until].compactMap { $0 }.filter { $0 > now }.max()
    }

    /// What is known of its permanent redirects (P24); nil where there is nothing, or it is of an older address.
    var redirects: KnownRedirects? {
        let text = row.record.redirects
        guard !text.isEmpty, let known = try? JSONDecoder().decode(KnownRedirects.self, from: Data(text.utf8)),
            known.listed == row.feed.url
        else { return nil }
        return known
    }
}

/// The ledger of permanent redirects as the daemon stores it (P24).
struct KnownRedirects: Codable, Hashable {
    /// A target on probation.
    struct Candidate: Codable, Hashable {
        var url: String
        var polls: Int
        var since: Instant
    }

    /// The listed address that it was kept under.
    var listed: String
    /// The target of a confirmed move: this is polled.
    var confirmed: String?
    /// What may become one.
    var candidate: Candidate?
    /// Since when the confirmed target fails.
    var failingSince: Instant?
}

extension AuthorityHold {
    /// Whether a poll of `url` falls under it: its host and port, or a host group (P22, P27).
    fileprivate func covers(_ url: String, _ hostGroups: [String]) -> Bool {
        guard let scheme = url.firstRange(of: "://") else { return false }
        var place = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        if let at = place.lastIndex(of: "@") { place = place[place.index(after: at)...] }
        let isHTTPS = url.lowercased().hasPrefix("https")
        var name = place.lowercased()
        if name.hasSuffix(isHTTPS ? ":443" : ":80") { name = String(name.prefix { $0 != ":" }) }
        if name == authority { return true }
        return hostGroups.contains { pattern in
            pattern == authority && pattern.hasPrefix("*.")
                && name.prefix { $0 != ":" }.hasSuffix(pattern.dropFirst())
        }
    }
}
