// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// What is stored of a feed that the scheduler must know to place it.
struct FeedStanding: Hashable, Sendable {
    /// When it is due; nil: at once.
    var nextDue: Instant?
    /// The address that its next poll asks first (P24).
    var url: String
    /// Whether it is not polled unasked: gone, or paused by an operator.
    var isHalted = false
    /// Not before then, also by an operator's order (P21).
    var heldUntil: Instant?
}

extension FeedStanding {
    /// Where a stored record places a feed whose next poll asks `url`.
    ///
    /// A poll that began in the future was stored under a clock that has been set back since: the feed then keeps its
    /// distance from that start, counted from now, instead of waiting for that clock (P20).
    init(_ record: FeedRecord, url: String, isHalted: Bool, at now: Instant) {
        let shift = record.lastStart.map { max(.zero, $0 - now) } ?? .zero
        self.init(
            nextDue: record.nextDue.map { $0 - shift }, url: url, isHalted: isHalted,
            heldUntil: record.heldUntil.map { $0 - shift })
    }
}
