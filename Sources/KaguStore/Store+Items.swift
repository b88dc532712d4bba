// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

extension Store {
    /// What of a poll's items is new or revised (I1, I3, I7, I8); reads only. The marks are computed on the
    /// caller's side. Hand the result back with the poll's record.
    public nonisolated func unseen(
        feedID: String, items: [Item], strippedParameters: Set<String> = [], at: Instant
    ) async throws(StoreError) -> UnseenItems {
        try await unseen(
            PollItems(feedID: feedID, items: items, strippedParameters: strippedParameters, keys: keys),
            at: at)
    }

    /// The same for items whose marks have been computed.
    func unseen(_ poll: PollItems, at: Instant) throws(StoreError) -> UnseenItems {
        try reading { database in
            var search = try ItemSearch(poll, feed: feedNumbers[poll.feedID], at: at, database)
            return try search.run()
        }
    }
}
