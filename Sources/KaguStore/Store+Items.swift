// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel
import Synchronization

extension Store {
    /// What of a poll's items is new or revised (I1, I3, I7, I8); reads only. The marks are computed on the
    /// caller's side. Hand the result back with the poll's record.
    public nonisolated func unseen(
        feedID: String, items: [Item], strippedParameters: Set<String> = [], at: Instant
    ) async throws(StoreError) -> UnseenItems {
        let poll = PollItems(
            feedID: feedID, items: items, strippedParameters: strippedParameters, keys: keys)
        return try await withCheckedContinuation { continuation in
            wake(inbox.withLock { $0.add(QueuedLook(poll, at: at, continuation)) })
        }.get()
    }

    /// Looks up the items of several polls in one read.
    func answer(_ looks: [QueuedLook]) {
        var found: [Result<UnseenItems, StoreError>] = []
        do {
            try reading { database in
                for look in looks {
                    var search = try ItemSearch(
                        look.poll, feed: feedNumbers[look.poll.feedID], at: look.at, database)
                    found.append(.success(try search.run()))
                }
            }
        } catch {
            found = looks.map { _ in .failure(error) }
        }
        for (look, result) in zip(looks, found) { look.continuation.resume(returning: result) }
    }
}
