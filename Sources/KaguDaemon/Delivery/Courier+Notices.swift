// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// What is told beside hits: health of feeds and of kagu's own parts (R15), and to the fallback what others do not get
/// (D12).
extension Courier {
    /// The route that notices and copies for the fallback name (W2).
    static let fallbackRoute = "fallback"
    /// How long an alert of `high` and above is owed before the fallback gets a copy.
    static let overdueAfter: Duration = .seconds(30 * 60)
    /// Between two digests of copies.
    static let copyInterval: Duration = .seconds(300)
    /// Alerts that one digest of copies takes.
    static let copiesAtOnce = 500

    /// Tells whom the routes name, or the fallback, of something about kagu's health (R15). Nobody who is told must be
    /// what it is about; where nobody is left, the journal has it.
    func tell(_ notice: HealthNotice) async {
        var changes = OutboxChanges(at: time.wall())
        do {
            let silences = ActiveSilences(try await store.activeSilences(at: changes.at))
            if notice.subject.kind == .feed, let id = silences.silence(covering: labels(of: notice)) {
                logger.info("\(notice.subject.title): \(notice.state): silenced by \(id)")
                return
            }
            add(notice, to: &changes)
            try await store.apply(changes)
            wake()
        } catch {
            logger.error("tell \(notice.subject.kind.rawValue) \(notice.subject.id): \(error)")
        }
    }

    /// Tells of a receiver's state, and that it was told, in one transaction (D12).
    func tellState(of name: String, _ breaker: Breaker, at now: Instant) async throws(StoreError) {
        let waiting = try await store.receiverStandings().first { $0.receiver == name }
        let count = (waiting?.pending ?? 0) + (waiting?.parked ?? 0)
        let notice = HealthNotice(
            subject: .init(kind: .receiver, id: name, title: name), state: breaker.state.rawValue,
            previous: breaker.told.rawValue, since: breaker.since ?? now,
            error: [breaker.error, breaker.cause].filter { !$0.isEmpty }.joined(separator: "; ").nonEmpty,
            advice: "\(count) \(count == 1 ? "alert waits" : "alerts wait"); kagu receivers list")
        var after = breaker
        after.markTold()
        var changes = OutboxChanges(at: now)
        add(notice, to: &changes)
        changes.receivers = [ReceiverRecord(name, after.health)]
        try await store.apply(changes)
        breakers[name] = after
    }

    /// A clock is wrong, ours or a receiver's: told once, and once when signatures are taken again (D9).
    func tellClock(_ answer: Answer, of name: String) async {
        let wasSilent = clockDoubters.isEmpty
        switch answer.answerClass {
        case .clockSuspect: clockDoubters.insert(name)
        case .success: clockDoubters.remove(name)
        case .transient, .configSuspect, .gone: return
        }
        guard wasSilent != clockDoubters.isEmpty else { return }
        let status = answer.status.map { "HTTP \($0)" } ?? "no status"
        let text = "receiver \(name) refuses signatures (\(status)) and its clock differs from ours by over 5 min"
        if wasSilent { logger.error("clock: \(text); set the clock: timedatectl") }
        await tell(
            HealthNotice(
                subject: .init(kind: .clock, id: name, title: "clock"), state: wasSilent ? "suspect" : "ok",
                previous: wasSilent ? "ok" : "suspect", since: time.wall(), error: wasSilent ? text : nil,
                advice: "timedatectl"))
    }

    private func add(_ notice: HealthNotice, to changes: inout OutboxChanges) {
        let destinations = destinations(of: notice)
        if destinations.isEmpty {
            // The journal has heard of a feed already (O13).
            logger.log(
                level: notice.subject.kind == .feed ? .debug : .warning,
                "nobody to tell: \(notice.subject.kind.rawValue) \(notice.subject.title): \(notice.state)",
                metadata: ["error": .string(notice.error ?? "")])
        }
        for destination in destinations {
            let id = newID(at: changes.at)
            let message = AlertMessage(
                id: id, receiver: destination.receiver, route: destination.route, reason: .health,
                boundAt: changes.at, content: .notice(notice))
            var record = AlertRecord(message, for: plan?.receivers[destination.receiver]?.receiver)
            record.nextAttempt = destination.quietHours?.heldUntil(at: changes.at) ?? changes.at
            changes.bindings.append(.init(record))
        }
    }

    /// Routes that name `type`, else the fallback; of a receiver's trouble the fallback hears in any case. Never the
    /// receiver that it is about.
    private func destinations(of notice: HealthNotice) -> [Destination] {
        guard let plan else { return [] }
        let subject = notice.subject
        var destinations = plan.policy.tree.healthDestinations(for: labels(of: notice))
        if let fallback = plan.fallback, destinations.isEmpty || subject.kind == .receiver,
            !destinations.contains(where: { $0.receiver == fallback })
        {
            destinations.append(Destination(receiver: fallback, route: Self.fallbackRoute))
        }
        // A clock's subject is the receiver that doubts it.
        let concerned = subject.kind == .receiver || subject.kind == .clock ? subject.id : nil
        return destinations.filter { $0.receiver != concerned && plan.receivers[$0.receiver] != nil }
    }

    private func labels(of notice: HealthNotice) -> AlertLabels {
        AlertLabels([.type: ["feed"], .feed: notice.subject.kind == .feed ? [notice.subject.id] : []])
    }

    // MARK: Copies

    /// When the fallback is next to get copies; nil: nothing is owed that it could get.
    func nextCopy() async throws(StoreError) -> Instant? {
        guard let fallback = plan?.fallback, plan?.receivers[fallback] != nil else { return nil }
        let times = try await store.fallbackTimes(of: fallback)
        guard let oldest = times.oldest else { return nil }
        let due = oldest + Self.overdueAfter
        // A copy of the future is one of a wrong clock.
        let now = time.wall()
        return times.lastCopy.map { max(due, min($0, now) + Self.copyInterval) } ?? due
    }

    /// Sends the fallback a digest of alerts of `high` and above that are overdue or parked; they stay owed (D12).
    func copyToFallback() async throws(StoreError) {
        let now = time.wall()
        guard let next = try await nextCopy(), next <= now, let fallback = plan?.fallback else { return }
        let originals = try await store.overdueAlerts(
            boundBefore: now - Self.overdueAfter, except: fallback, count: Self.copiesAtOnce)
        guard !originals.isEmpty else { return }
        var changes = OutboxChanges(at: now)
        changes.copied = originals.map(\.id)
        var ids: [String] = []
        for original in originals {
            ids += try await store.deliveries(ofAlert: original.id).map(\.hitID)
        }
        let hits = try await slimHits(unique(ids))
        if !hits.isEmpty {
            let id = newID(at: now)
            let message = AlertMessage(
                id: id, receiver: fallback, route: Self.fallbackRoute, reason: .fallback, boundAt: now,
                content: .digest(DigestContent(hits: hits, originals: originals.compactMap { AlertID($0.id) })))
            changes.bindings = [.init(AlertRecord(message, for: plan?.receivers[fallback]?.receiver))]
            logger.warning(
                "\(originals.count) alerts are overdue or parked: \(fallback) gets a copy",
                metadata: ["receiver": .string(fallback), "alert": .string(id.description)])
        }
        try await store.apply(changes)
    }

    private func unique(_ ids: [String]) -> [String] {
        var seen: Set<String> = []
        return ids.filter { seen.insert($0).inserted }
    }
}

extension String {
    /// The text; nil where it is empty.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
