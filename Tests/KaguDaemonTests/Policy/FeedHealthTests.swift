// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

@Suite("Feed health")
struct FeedHealthTests {
    private let now = Instant(seconds: 1_795_338_000)
    private let health = FeedHealth(failuresBeforeEvent: 3)

    private func refuse(_ record: inout FeedRecord, _ state: FeedState = .failing) -> [FeedEvent.Kind] {
        health.refuse(&record, as: state, reason: "HTTP 500", of: "courier", at: now).map(\.kind)
    }

    private func accept(_ record: inout FeedRecord, _ state: FeedState = .ok) -> [FeedEvent.Kind] {
        health.accept(&record, as: state, reason: "", of: "courier", at: now).map(\.kind)
    }

    @Test("a failing state is told at the third failure in a row, once (H4)")
    func third() {
        var record = FeedRecord(state: .ok)
        #expect((1...5).map { _ in refuse(&record) } == [[], [], [.failing], [], []])
        #expect(record.failures == 5 && record.state == .failing && record.reason == "HTTP 500")
    }

    @Test("failures of all kinds count together (H4)")
    func mixed() {
        var record = FeedRecord(state: .ok)
        #expect([.failing, .html, .blocked].map { refuse(&record, $0) } == [[], [], [.failing]])
        #expect(record.state == .blocked)
    }

    @Test("a recovery is told if the failure was (H4)")
    func recovery() {
        var record = FeedRecord(state: .ok)
        _ = refuse(&record)
        #expect(accept(&record) == [] && record.failures == 0)
        for _ in 0..<3 { _ = refuse(&record) }
        #expect(accept(&record) == [.recovered] && record.state == .ok && !record.isFailureAnnounced)
        #expect(accept(&record) == [])
    }

    @Test("gone is told at once, and once; also for a feed whose failure was told (H4)")
    func gone() {
        var record = FeedRecord(state: .ok)
        #expect(refuse(&record, .gone) == [.gone])
        #expect(refuse(&record, .gone) == [])
        var failing = FeedRecord(state: .ok)
        for _ in 0..<3 { _ = refuse(&failing) }
        #expect(refuse(&failing, .gone) == [.gone])
        var expired = FeedRecord(state: .ok)
        #expect(accept(&expired, .gone) == [.gone] && expired.lastSuccess == now)
    }

    @Test("since moves when the state changes, not with each poll; the last success with each (H4)")
    func since() {
        var record = FeedRecord(state: .new)
        _ = accept(&record)
        #expect(record.since == now)
        let later = now + .hours(1)
        _ = health.accept(&record, as: .ok, reason: "", of: "courier", at: later)
        #expect(record.since == now && record.lastSuccess == later)
        _ = health.refuse(&record, as: .parse, reason: "no feed", of: "courier", at: later)
        #expect(record.since == later && record.lastSuccess == later)
    }

    @Test("health.after_failures says how long the event waits (H4)")
    func afterFailures() {
        var record = FeedRecord(state: .ok)
        let eager = FeedHealth(failuresBeforeEvent: 1)
        #expect(eager.refuse(&record, as: .html, reason: "HTML", of: "courier", at: now).map(\.kind) == [.failing])
    }
}
