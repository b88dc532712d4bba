// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguDaemon

@Suite("Poll starts")
struct PollStartTests {
    private let virtual = VirtualTime(start: Instant(seconds: 1_790_000_000), seed: 1)
    private let steps = Mutexed<[String]>([])

    private func plan(_ feeds: [Feed]) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: feeds,
            limits: .init(
                concurrency: 4, inFlightPerHost: 1, spacingPerHost: .zero, hostGroups: []),
            begin: { [steps] feeds in
                try? await Task.sleep(for: .milliseconds(40))
                steps.change { $0 += feeds.map { "\($0.id) stored" } }
            },
            poll: { [steps, virtual] feed, _, _ in
                steps.change { $0.append("\(feed.id) sent") }
                return .due(virtual.wall + .days(1), of: feed)
            })
    }

    private func wait(for count: Int) async {
        for _ in 0..<2000 where steps.value.count < count { try? await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("no request leaves before its start is stored, however long that takes (P20)")
    func order() async {
        let plan = plan([.courier])
        let scheduler = Scheduler(plan: plan, time: virtual.source)
        await scheduler.follow(plan, standings: [:], holds: [])
        await wait(for: 2)
        #expect(steps.value == ["courier stored", "courier sent"])
        await scheduler.drain(grace: .zero)
    }

    @Test("the start of a poll is stored with the longer floor, in case it never ends (P20)")
    func stored() async throws {
        let bench = try PollBench()
        await bench.poller.begin([.courier])
        let record = try bench.record(.courier)
        #expect(record.lastStart == bench.clock.now && record.nextDue == bench.clock.now + .hours(1))
    }
}

/// A value that several tasks change.
private final class Mutexed<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }
    func change(_ body: (inout Value) -> Void) { state.withLock { body(&$0) } }
}
