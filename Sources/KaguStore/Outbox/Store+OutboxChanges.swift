// SPDX-License-Identifier: Apache-2.0

import GRDB
public import KaguModel

/// What changes the outbox, each call one transaction.
extension Store {
    /// Stores what a round of binding has decided; durable on return.
    public func apply(_ changes: OutboxChanges) throws(StoreError) {
        guard !changes.isEmpty else { return }
        commitQueued()
        try transaction { database in
            for rerouting in changes.reroutings { try OutboxTable.reroute(rerouting, at: changes.at, database) }
            for move in changes.moves {
                try OutboxTable.move(
                    move.deliveries, to: move.group, DeliveryDecision(at: changes.at, text: move.decision), database
                )
            }
            for ending in changes.endings {
                try OutboxTable.note(
                    DeliveryDecision(at: changes.at, text: "not told: \(ending.reason)"), of: ending.deliveries,
                    database)
                try OutboxTable.suppress(ending.deliveries, reason: ending.reason, database)
            }
            for binding in changes.bindings {
                if !binding.decision.isEmpty {
                    try OutboxTable.note(
                        DeliveryDecision(at: changes.at, text: binding.decision), of: binding.deliveries, database)
                }
                try AlertTable.bind(binding.alert, deliveries: binding.deliveries, database)
            }
            for telling in changes.tellings { try TellingTable.set(telling, database) }
            for change in changes.groups {
                try OutboxTable.settle(change.group, orWaitUntil: changes.at + change.interval, database)
            }
            for receiver in changes.receivers { try OutboxTable.set(receiver, database) }
            try AlertTable.setCopied(changes.copied, at: changes.at, database)
        }
    }

    /// Stores an attempt with all that follows from it in one transaction: the alert's state, that of its
    /// deliveries, the next attempt's time (D7, D9), the receiver's row and what it means for all that the receiver
    /// is owed. `replacing`: the alert posted anew what it was to edit, so that later edits edit it (D16).
    ///
    /// Gives how many alerts were dissolved (D11).
    @discardableResult
    public func recordAttempt(
        _ attempt: AttemptRecord, verdict: AlertVerdict, receiver: ReceiverRecord? = nil,
        effect: ReceiverEffect? = nil, replacing: AlertRecord.ID? = nil
    ) throws(StoreError) -> Int {
        let end = attempt.at + attempt.duration
        return try transaction { database in
            try AlertTable.add(attempt, database)
            try AlertTable.apply(verdict, to: attempt.alertID, at: end, database)
            if let receiver { try OutboxTable.set(receiver, database) }
            if let receiver, let replacing {
                try TellingTable.setMessage(
                    attempt.alertID, insteadOf: replacing, receiver: receiver.name, database)
            }
            guard let receiver, let effect else { return 0 }
            return try Self.apply(effect, to: receiver.name, at: end, database)
        }
    }

    /// Stores receivers' rows, and what it means for all that the first of them is owed. Gives how many alerts were
    /// dissolved (D11).
    @discardableResult
    public func setReceivers(
        _ receivers: [ReceiverRecord], effect: ReceiverEffect? = nil, at instant: Instant
    ) throws(StoreError) -> Int {
        try transaction { database in
            for receiver in receivers { try OutboxTable.set(receiver, database) }
            guard let effect, let name = receivers.first?.name else { return 0 }
            return try Self.apply(effect, to: name, at: instant, database)
        }
    }

    /// Makes a receiver's pending alerts due: its definition has changed (D9).
    public func makeDue(receiver: String, at instant: Instant) throws(StoreError) {
        try transaction { try AlertTable.makeDue(receiver: receiver, at: instant, $0) }
    }

    /// Parks what is pending for a receiver (R14).
    public func park(receiver: String, reason: String, at instant: Instant) throws(StoreError) {
        try transaction { try AlertTable.park(receiver: receiver, reason: reason, at: instant, $0) }
    }

    /// Gives alerts that were due before `now` the times that `spread` gives, one each (D7).
    public func spreadOverdue(
        dueBefore now: Instant, _ spread: @Sendable () -> Instant
    ) throws(StoreError) {
        try transaction { try AlertTable.spread(dueBefore: now, spread, $0) }
    }

    /// Forgets what receivers knew of stories that were last told before `instant`.
    public func forgetTellings(toldBefore instant: Instant) throws(StoreError) {
        try transaction { try TellingTable.forget(toldBefore: instant, $0) }
    }

    /// The wall clock was set by `step`: what waits for a time that has passed, not for a time of day, goes on waiting as
    /// long as it would have.
    public func shiftDeadlines(by step: Duration) throws(StoreError) {
        try transaction { database in
            for statement in [
                "UPDATE alert SET next_at = next_at + ? WHERE state = 1",
                """
                UPDATE grouping SET deadline = deadline + ?1, last_told = last_told + ?1
                WHERE ifnull(hold, '') NOT IN ('quiet_hours', 'schedule')
                """, "UPDATE telling SET told_at = told_at + ?",
            ] {
                let update = try PreparedStatement(database, statement)
                update.bind(step.milliseconds, at: 1)
                try update.run()
            }
        }
    }

    /// What is due later than any schedule can make it is due now: the clock that made it was wrong (T32).
    public func makeDue(after limit: Instant, at now: Instant) throws(StoreError) {
        try transaction { database in
            for statement in [
                "UPDATE alert SET next_at = ?1 WHERE state = 1 AND next_at > ?2",
                """
                UPDATE grouping SET deadline = ?1, last_told = min(last_told, ?1)
                WHERE deadline > ?2 AND ifnull(hold, '') NOT IN ('quiet_hours', 'schedule')
                """,
            ] {
                let update = try PreparedStatement(database, statement)
                update.bind(now, at: 1)
                update.bind(limit, at: 2)
                try update.run()
            }
        }
    }

    private static func apply(
        _ effect: ReceiverEffect, to receiver: String, at instant: Instant, _ database: Database
    ) throws -> Int {
        switch effect {
        case .recovered(let limit):
            try AlertTable.makeDue(receiver: receiver, at: instant, database)
            return try AlertTable.dissolve(receiver: receiver, over: limit, at: instant, database)
        case .parked(let reason):
            try AlertTable.park(receiver: receiver, reason: reason, at: instant, database)
            return 0
        }
    }
}
