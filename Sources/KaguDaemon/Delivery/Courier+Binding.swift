// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore
import Logging

/// Binding: due groups become alerts, in the order of R13. Quiet hours and digests hold what a group brings, silences
/// end it, updates are told by their rule, and what exceeds the cap goes into one digest.
extension Courier {
    /// Binds everything that is due, round by round.
    func bindDueGroups() async throws(StoreError) {
        let now = time.wall()
        try await lookAtHolds(at: now)
        while !isDraining {
            let due = try await store.dueGroups(at: now, limit: Self.deliveriesPerRound)
            guard !due.isEmpty else { return }
            let silences = ActiveSilences(try await store.activeSilences(at: now))
            var round = BindingRound(at: now, silences: silences, holds: try await store.heldGroups())
            for entry in due { try await add(entry.group, entry.deliveries, to: &round) }
            try await store.apply(round.result)
            isHolding = round.isHolding
            for (key, count) in round.messages {
                for _ in 0..<count { bound[key, default: RateCap(maximumPerHour: RateCap.largest)].record(now) }
            }
        }
    }

    /// The wall clock or the configuration may have changed when holds end: quiet hours are looked up again and again
    /// (R9), a digest's time follows from when it was begun (R10). Where a route holds nothing any more, the deadline
    /// stays (R14).
    private func lookAtHolds(at now: Instant) async throws(StoreError) {
        var changes = OutboxChanges(at: now)
        let held = try await store.heldGroups()
        for group in held {
            guard let deadline = group.deadline else { continue }
            let destination = destination(route: group.route, receiver: group.receiver)
            var next = deadline
            switch Hold(rawValue: group.hold) {
            case .quietHours:
                guard let quiet = destination.quietHours else { continue }
                next = quiet.heldUntil(at: now) ?? min(deadline, now)
            case .schedule:
                guard let digest = destination.digest else { continue }
                next = max(digest.next(after: min(group.lastTold ?? deadline, now)), min(deadline, now))
                next = destination.quietHours?.heldUntil(at: next) ?? next
            case .rateCap, .catchUp, .recovered, .updates, nil: continue
            }
            guard next != deadline else { continue }
            var moved = group
            moved.deadline = next
            changes.groups.append(.init(moved))
        }
        try await store.apply(changes)
        isHolding = BindingRound(at: now, silences: ActiveSilences([]), holds: held).isHolding
    }

    /// Decides about what waits in a due group.
    private func add(
        _ group: GroupRecord, _ deliveries: [Delivery], to round: inout BindingRound
    ) async throws(StoreError) {
        let destination = destination(route: group.route, receiver: group.receiver)
        var group = group
        group.deadline = nil
        let hold = Hold(rawValue: group.hold)
        if hold == .updates {
            round.changes.endings.append(.init(deliveries.map(\.id), reason: "updates:\(destination.updates)"))
            return round.set(group, interval: .zero)
        }
        let owed = try await read(deliveries, isDigest: hold != nil)
        if owed.count < deliveries.count {
            let missing = deliveries.count - owed.count
            logger.error("bind alert: \(group.receiver): \(missing) hit lines cannot be read; trying again later")
            round.set(group, interval: Self.unreadableRetry)
        } else {
            round.set(group, interval: hold == nil ? destination.groupInterval : .zero)
        }
        guard !owed.isEmpty else { return }
        // What waited for room, or for the receiver, is no reason to wake anybody (R9).
        if [.rateCap, .catchUp, .recovered].contains(hold), let quiet = destination.quietHours,
            let end = quiet.heldUntil(at: round.now), !owed.contains(where: { quiet.lets(pass: $0.hit.severity) })
        {
            group.deadline = end
            return round.set(group, interval: .zero)
        }
        switch hold {
        case nil: try await passHolds(owed, group, destination, &round)
        case .quietHours: try await endHold(owed, .quietHours, group, destination, &round)
        case .schedule: try await endHold(owed, .schedule, group, destination, &round)
        case .rateCap: try await endOverflow(owed, group, destination, &round)
        case .catchUp, .recovered:
            try await bindDigest(round.passSilences(owed), hold?.reason ?? .catchUp, destination, &round)
        case .updates: break
        }
    }

    /// The hits of deliveries, oldest first; those whose lines cannot be read are left out.
    func read(_ deliveries: [Delivery], isDigest: Bool) async throws(StoreError) -> [OwedHit] {
        let ids = deliveries.map(\.hitID)
        let hits = isDigest ? try await slimHits(ids) : try await store.hits(ids)
        let byID = Dictionary(hits.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return deliveries.compactMap { delivery in
            byID[delivery.hitID].map { OwedHit(delivery: delivery, hit: $0) }
        }.sorted { ($0.hit.seen, $0.hit.id) < ($1.hit.seen, $1.hit.id) }
    }

    /// Many hits without what a digest does not show of them: texts and mentions beyond each story's first records.
    func slimHits(_ ids: [String]) async throws(StoreError) -> [Hit] {
        var hits: [Hit] = []
        var counts: [String: Int] = [:]
        for start in stride(from: 0, to: ids.count, by: Self.deliveriesPerRound) {
            let part = Array(ids[start..<min(start + Self.deliveriesPerRound, ids.count)])
            for hit in try await store.hits(part) {
                counts[hit.story, default: 0] += 1
                var hit = hit
                if counts[hit.story, default: 0] > MessageBody.recordsPerStory || hits.count > 1000 {
                    (hit.summary, hit.mentions, hit.topics) = ("", [], [])
                }
                hits.append(hit)
            }
        }
        return hits.sorted { ($0.seen, $0.id) < ($1.seen, $1.id) }
    }

    // MARK: Quiet hours and digests

    /// What a group's own timer brings: held by the route's digest or quiet hours, else told (R9, R10).
    private func passHolds(
        _ owed: [OwedHit], _ group: GroupRecord, _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) {
        let now = round.now
        if let digest = destination.digest, let first = owed.first {
            let time = max(digest.next(after: first.delivery.created), now)
            return round.hold(owed, .schedule, destination, until: time) { "waits for the digest at \($0)" }
        }
        guard let quiet = destination.quietHours, let end = quiet.heldUntil(at: now) else {
            return try await tell(owed, group, destination, &round)
        }
        round.hold(owed.filter { !quiet.lets(pass: $0.hit.severity) }, .quietHours, destination, until: end) {
            "held by quiet hours until \($0)"
        }
        let passing = owed.filter { quiet.lets(pass: $0.hit.severity) }
        if !passing.isEmpty { try await tell(passing, group, destination, &round) }
    }

    /// Quiet hours or a digest's period are over: what is still news becomes one digest.
    private func endHold(
        _ owed: [OwedHit], _ hold: Hold, _ group: GroupRecord, _ destination: Destination,
        _ round: inout BindingRound
    ) async throws(StoreError) {
        if let end = destination.quietHours?.heldUntil(at: round.now) {
            var held = group
            held.deadline = end
            return round.set(held, interval: .zero)
        }
        var news: [OwedHit] = []
        for story in Self.stories(of: round.passSilences(owed)) {
            guard let telling = try await telling(of: story, destination, &round), telling.isTold else {
                news += fresh(story, &round)
                continue
            }
            switch verdict(telling, story, destination, canEdit: false) {
            case .post, .edit, .editAndPost: news += story
            case .keep(let outlets): keep(story, telling, untilOutlets: outlets, destination, &round)
            case .drop: round.end(story, reason: "updates:none")
            }
        }
        guard !news.isEmpty else { return }
        guard try await room(destination, round) >= 1 else { return try await overflow(news, destination, &round) }
        try await bindDigest(news, hold.reason ?? .schedule, destination, &round)
    }
}
