// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// Moves a feed from state to state (H4), and says what of it an operator should hear.
///
/// The state follows the last poll. A failing state is told when it has lasted for some polls, `gone` at once; a
/// recovery is told if the failure was.
struct FeedHealth: Hashable, Sendable {
    /// `health.after_failures`: so many failures in a row before a failing state is told.
    var failuresBeforeEvent = 3

    /// The poll was accepted. `state` is `ok`, `moved`, `silent`, or `gone` for a feed that says it has expired.
    func accept(
        _ record: inout FeedRecord, as state: FeedState, reason: String, of feedID: String, at now: Instant
    ) -> [FeedEvent] {
        let before = record
        record.enter(state, reason: reason, at: now)
        record.failures = 0
        record.lastSuccess = now
        guard state != .gone else {
            record.isFailureAnnounced = true
            return gone(before, record, feedID, now)
        }
        record.isFailureAnnounced = false
        guard before.isFailureAnnounced else { return [] }
        let count = before.failures > 0 ? " after \(before.failures) failures in a row" : ""
        let text = "\(feedID): recovered from \(before.state.rawValue)\(count)"
        return [FeedEvent(kind: .recovered, feedID: feedID, at: now, state: state, text: text)]
    }

    /// The poll was not accepted.
    func refuse(
        _ record: inout FeedRecord, as state: FeedState, reason: String, of feedID: String, at now: Instant
    ) -> [FeedEvent] {
        let before = record
        record.enter(state, reason: reason, at: now)
        record.failures += 1
        if state == .gone {
            record.isFailureAnnounced = true
            return gone(before, record, feedID, now)
        }
        guard !before.isFailureAnnounced, record.failures >= failuresBeforeEvent else { return [] }
        record.isFailureAnnounced = true
        let text = "\(feedID): \(state.rawValue): \(reason) (\(record.failures) failures in a row)"
        return [FeedEvent(kind: .failing, feedID: feedID, at: now, state: state, text: text)]
    }

    /// Nothing ends polling but this, so it is told at once; once.
    private func gone(
        _ before: FeedRecord, _ record: FeedRecord, _ feedID: String, _ now: Instant
    ) -> [FeedEvent] {
        guard before.state != .gone else { return [] }
        let text = "\(feedID): gone: \(record.reason); polled no more until kagu feeds resume \(feedID)"
        return [FeedEvent(kind: .gone, feedID: feedID, at: now, state: .gone, text: text)]
    }
}

extension FeedRecord {
    /// Enters a state; `since` moves only when the state changes.
    fileprivate mutating func enter(_ state: FeedState, reason: String, at now: Instant) {
        if self.state != state || since == nil { since = now }
        self.state = state
        self.reason = reason
    }
}
