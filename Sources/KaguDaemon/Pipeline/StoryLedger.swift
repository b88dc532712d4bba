// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Synchronization

/// The story book of the daemon: one for all polls and reloads. It is filled from the hits of the last 72 hours while
/// the daemon starts; who brings a hit before that is done waits for it, nobody else does (R5, O10).
final class StoryLedger: Sendable {
    private let book: Mutex<StoryBook>
    private let filling = Mutex<Task<Void, Never>?>(nil)

    /// A ledger that knows nothing.
    init(capacity: Int = StoryBook.standardCapacity) { book = Mutex(StoryBook(capacity: capacity)) }

    /// How many stories are known.
    var count: Int { book.withLock { $0.count } }

    /// Begins to read the hits of a state directory, in the pool.
    func fill(fromStateDirectory directory: String, at now: Instant) {
        var query = HitQuery()
        query.since = now - StoryBook.window
        query.includesBaseline = true
        let reading = Task.detached { [self, query] in
            _ = HitReader(directory: directory).read(query) { found in
                book.withLock { $0.remember(found.hit) }
                return true
            }
        }
        filling.withLock { $0 = reading }
    }

    /// Returns when everything is known that was stored before the start.
    func whenFilled() async { await filling.withLock { $0 }?.value }

    /// The story of a new hit; `keepsStory` as `StoryBook.assign` has it.
    func assign(_ hit: Hit, keepsStory: Bool) -> String {
        book.withLock { $0.assign(hit, keepsStory: keepsStory) }
    }
}
