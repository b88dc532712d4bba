// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// A configured feed and what is stored of it.
struct FeedRow: Hashable {
    /// As the list has it.
    let feed: Feed
    /// As the store has it; the record of a new feed where it has none.
    let record: FeedRecord

    /// The list's title, else the document's, else the id.
    var title: String { !feed.title.isEmpty ? feed.title : !record.title.isEmpty ? record.title : feed.id }

    /// When its next poll is due; nil where none will be made unasked: paused, or gone.
    var nextDue: Instant? { record.isPaused || record.state == .gone ? nil : record.nextDue }

    /// One row for each enabled feed, in list order.
    static func join(_ feeds: [Feed], _ records: [String: FeedRecord]) -> [FeedRow] {
        feeds.filter(\.isEnabled).map { FeedRow(feed: $0, record: records[$0.id] ?? FeedRecord()) }
    }
}
