// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguAlert
import KaguHTTP
import KaguModel
import KaguTestSupport
import Logging

@testable import KaguDaemon
@testable import KaguStore

/// The courier over a store of its own, a clock that a test moves, and targets that answer as a test says: the outbox
/// without a network.
final class CourierRig {
    /// 2026-11-22T09:00:00Z, a Sunday.
    static let beginning = Instant(seconds: 1_795_338_000)

    let time: VirtualTime
    let targets: FakeTargets
    let directory: TemporaryDirectory
    private(set) var store: Store
    private(set) var courier: Courier
    private var plan: Courier.Plan
    private var count = 0

    init(_ plan: Courier.Plan, start: Instant = beginning, seed: UInt64 = 1) async throws {
        time = VirtualTime(start: start, seed: seed)
        targets = FakeTargets(time)
        directory = try TemporaryDirectory("kagu-courier")
        self.plan = plan
        store = try Store.open(directory: directory.path("state"), at: start).store
        courier = Self.courier(store, time, targets)
        try await courier.adopt(plan)
        await courier.start()
    }

    private static func courier(_ store: Store, _ time: VirtualTime, _ targets: FakeTargets) -> Courier {
        let logger = Logger(label: "courier") { _ in SwiftLogNoOpLogHandler() }
        return Courier(store: store, logger: logger, time: time.source) { await targets.send($0) }
    }

    var now: Instant { time.wall }

    // MARK: What happens

    /// The daemon dies and another one comes up.
    func restart(downtime: Duration = .zero, with plan: Courier.Plan? = nil) async throws {
        await courier.drain(grace: .zero)
        await store.close()
        time.advance(to: time.now + downtime)
        if let plan { self.plan = plan }
        store = try Store.open(directory: directory.path("state"), at: now).store
        courier = Self.courier(store, time, targets)
        try await courier.adopt(self.plan)
        await courier.start()
    }

    func reload(_ plan: Courier.Plan) async throws {
        self.plan = plan
        try await courier.adopt(plan)
    }

    /// Hits are stored, as a poll of their feed stores them.
    @discardableResult
    func publish(_ hits: [Hit], isRevision: Bool = false) async throws -> [Hit] {
        let now = now
        var stored: [Hit] = []
        for (feed, group) in Dictionary(grouping: hits, by: \.feed.id).sorted(by: { $0.key < $1.key }) {
            let routed = group.map { hit in
                var hit = hit
                hit.seen = now
                stored.append(hit)
                return RoutedHit(
                    recovered: hit,
                    deliveries: plan.policy.deliveries(for: hit, alertsRecent: false, isRevision: isRevision))
            }
            try await store.record(
                PollRecord(feedID: feed, at: now, feed: FeedRecord(state: .ok), hits: routed))
        }
        await courier.wake()
        return stored
    }

    /// One hit with an id of its own.
    func hit(
        story: String? = nil, feed: String = "lemonde", severity: Severity = .medium, watch: String = "big",
        lang: String = "fr", revision: Int = 0
    ) -> Hit {
        count += 1
        return Hit.make(
            id: "h_\(count)", seen: now,
            feed: .init(id: feed, title: feed, sourceClass: .independent, country: "FR"),
            url: "https://\(feed).example/\(count)", title: "Title \(count)", lang: lang, watches: [watch],
            severity: severity, story: story ?? "s_\(count)", revision: revision)
    }

    // MARK: Time

    /// Lets time pass; whatever comes due meanwhile happens at its time.
    func pass(_ duration: Duration) async { await run(until: time.now + duration) }

    func run(until end: Duration) async {
        while true {
            await settle()
            let next = [time.nextDeadline, targets.nextAnswer].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            time.advance(to: next)
            targets.answerDue()
        }
        time.advance(to: end)
        targets.answerDue()
        await settle()
    }

    /// Returns when all that is under way waits for a target.
    func settle() async {
        var calm = 0
        while calm < 2 {
            let isCalm = await courier.isAtRest(but: targets.parked)
            calm = isCalm ? calm + 1 : 0
            await Task.yield()
        }
    }

    // MARK: What is there

    /// How many deliveries stand in each state (V1).
    func deliveries() async throws -> [DeliveryState: Int] { try await store.deliveryCounts() }

    func alerts(_ state: AlertState? = nil) throws -> [AlertRecord] {
        try StateReader(directory: directory.path("state")).alerts(state: state, limit: 10_000)
    }
}

extension Courier.Plan {
    /// A plan for webhooks of these names.
    static func make(
        _ route: Route, receivers: [String] = ["desk"], kinds: [String: any Receiver] = [:], fallback: String? = nil
    ) -> Courier.Plan {
        let named = receivers.map { name in
            let receiver =
                kinds[name]
                ?? WebhookReceiver(name: name, url: Secret("https://\(name).example"), userAgent: "kagu")
            return (
                name,
                CourierReceiver(
                    receiver: receiver, addressGuard: AddressGuard(allowing: [], blocksOpen: .privateSpace))
            )
        }
        return Courier.Plan(
            receivers: Dictionary(uniqueKeysWithValues: named), policy: AlertPolicy(tree: RouteTree(root: route)),
            fallback: fallback)
    }
}
