// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguAlert
import KaguModel
import KaguStore

/// A waiting delivery with its hit.
struct OwedHit: Sendable {
    let delivery: Delivery
    let hit: Hit
}

/// What a receiver knows of a story, ready to be added to (R5).
struct Telling: Sendable {
    var record: TellingRecord
    var progress: StoryProgress

    /// What was persisted; nil where it cannot be read: the story is then told as if it were new.
    init?(_ record: TellingRecord) {
        guard let progress = try? JSONDecoder().decode(StoryProgress.self, from: Data(record.progress.utf8)) else {
            return nil
        }
        self.record = record
        self.progress = progress
    }

    /// A story that is told to a receiver for the first time.
    init(_ progress: StoryProgress, to receiver: String, story: String, at now: Instant) {
        self.progress = progress
        record = TellingRecord(
            receiver: receiver, story: story, firstAlertID: "", toldAt: now, outlets: 0, severity: .low,
            progress: "")
    }

    /// Whether an alert has told it; one that was taken back before it was sent has not (D11).
    var isTold: Bool { !record.firstAlertID.isEmpty }

    /// How large the story was when it was last told.
    var toldSize: UpdateRule.Size { UpdateRule.Size(outlets: record.outlets, severity: record.severity) }

    /// An alert tells the story as it is now.
    mutating func tell(_ alert: String, isFirst: Bool, at now: Instant) {
        if !isFirst { record.updates += 1 }
        if record.firstAlertID.isEmpty { record.firstAlertID = alert }
        record.toldAt = now
        record.outlets = progress.size.outlets
        record.severity = progress.size.severity
    }

    /// What is to be persisted.
    var stored: TellingRecord {
        var stored = record
        stored.progress = (try? JSONEncoder().encode(progress)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return stored
    }
}

/// What a story's news in one group comes to, before rate caps (R6).
struct StoryNews: Sendable {
    /// What is news, oldest first.
    var fresh: [OwedHit]
    /// News that were not enough for an update before, told along now.
    var kept: [OwedHit] = []
    /// What the receiver knows, with this news counted.
    var telling: Telling
    var reason: Alert.Reason
    /// Whether the receiver has not heard of the story.
    var isFirst: Bool

    /// All that it settles, oldest first.
    var owed: [OwedHit] { kept + fresh }
    var severity: Severity { fresh.map(\.hit.severity).max() ?? .low }
}

/// One round of binding on its way: what it has decided so far, and what it has read for it.
struct BindingRound {
    let now: Instant
    let silences: ActiveSilences
    var changes: OutboxChanges
    /// Holds of all routes by key.
    var holds: [String: GroupRecord]
    /// Groups as this round leaves them, with the wait of what joins meanwhile.
    private var groups: [String: OutboxChanges.GroupChange] = [:]
    private var tellings: [TellingKey: Telling] = [:]
    /// New messages of this round for each route and receiver.
    var messages: [Courier.RouteAndReceiver: Int] = [:]

    struct TellingKey: Hashable {
        let receiver: String
        let story: String
    }

    init(at now: Instant, silences: ActiveSilences, holds: [GroupRecord]) {
        self.now = now
        self.silences = silences
        changes = OutboxChanges(at: now)
        self.holds = Dictionary(holds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// All that is to be stored.
    var result: OutboxChanges {
        var result = changes
        result.groups = groups.values.sorted { $0.group.key < $1.group.key }
        result.tellings = tellings.values.map(\.stored)
        return result
    }

    /// Whether quiet hours or a digest's time hold anything, so that the wall clock counts.
    var isHolding: Bool {
        let clocked = [Hold.quietHours.rawValue, Hold.schedule.rawValue]
        return holds.values.contains { $0.deadline != nil && clocked.contains($0.hold) }
    }

    // MARK: Decisions

    /// The group is left like this; what joins meanwhile waits `interval`.
    mutating func set(_ group: GroupRecord, interval: Duration) {
        groups[group.key] = .init(group, interval: interval)
        if !group.hold.isEmpty { holds[group.key] = group }
    }

    /// Moves deliveries into a hold that ends at `until`, or when it would end anyway.
    mutating func hold(
        _ owed: [OwedHit], _ hold: Hold, _ destination: Destination, story: String = "", until: Instant,
        extends: Bool = false, decision: (Instant) -> String
    ) {
        guard !owed.isEmpty else { return }
        let empty = GroupRecord.held(
            hold.rawValue, receiver: destination.receiver, route: destination.route, story: story)
        var group = holds[empty.key] ?? empty
        if group.deadline == nil || extends {
            group.deadline = until
            group.lastTold = now
        }
        changes.moves.append(
            .init(owed.map(\.delivery.id), to: group.key, decision: decision(group.deadline ?? until)))
        set(group, interval: .zero)
    }

    /// Ends deliveries without telling them.
    mutating func end(_ owed: [OwedHit], reason: String) {
        guard !owed.isEmpty else { return }
        changes.endings.append(.init(owed.map(\.delivery.id), reason: reason))
    }

    /// Ends what is silenced, and gives the rest (R11).
    mutating func passSilences(_ owed: [OwedHit]) -> [OwedHit] {
        guard !silences.isEmpty else { return owed }
        var ended: [String: [OwedHit]] = [:]
        let rest = owed.filter { item in
            guard let id = silences.silence(covering: AlertLabels(item.hit)) else { return true }
            ended[ActiveSilences.reason(id), default: []].append(item)
            return false
        }
        for (reason, silenced) in ended.sorted(by: { $0.key < $1.key }) { end(silenced, reason: reason) }
        return rest
    }

    // MARK: Memory of this round

    func telling(_ receiver: String, _ story: String) -> Telling? {
        tellings[TellingKey(receiver: receiver, story: story)]
    }

    mutating func set(_ telling: Telling) {
        tellings[TellingKey(receiver: telling.record.receiver, story: telling.record.story)] = telling
    }

    /// Whether deliveries wait for room under a rate cap.
    func isOverflowing(_ destination: Destination) -> Bool {
        let key = GroupRecord.held(
            Hold.rateCap.rawValue, receiver: destination.receiver, route: destination.route
        ).key
        return holds[key]?.deadline != nil
    }
}
