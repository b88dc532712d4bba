// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

extension Breaker {
    /// What was persisted of a receiver; words that this build does not know count as `ok`.
    init(_ record: ReceiverRecord) {
        self.init(
            state: State(rawValue: record.state) ?? .ok, since: record.since, firstFailure: record.firstFailure,
            transientFailures: record.transientFailures, suspectFailures: record.suspectFailures,
            heldUntil: record.heldUntil, lastSuccess: record.lastSuccess, error: record.error,
            cause: record.detail, told: State(rawValue: record.told) ?? .ok)
    }
}

extension ReceiverRecord {
    /// What is to be persisted of a receiver.
    init(_ name: String, _ breaker: Breaker) {
        self.init(
            name: name, state: breaker.state.rawValue, since: breaker.since, firstFailure: breaker.firstFailure,
            transientFailures: breaker.transientFailures, suspectFailures: breaker.suspectFailures,
            heldUntil: breaker.heldUntil, error: breaker.error, detail: breaker.cause,
            lastSuccess: breaker.lastSuccess, told: breaker.told.rawValue)
    }
}
