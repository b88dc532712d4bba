// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Poll interval")
struct PollIntervalTests {
    private func policy(
        interval: Duration? = nil, isPrivate: Bool = false, configure: (inout PollSettings) -> Void = { _ in }
    ) -> PollInterval {
        var settings = PollSettings()
        configure(&settings)
        let feed = Feed(id: "a", url: "http://127.0.0.1/", interval: interval)
        return PollInterval(feed: feed, settings: settings, isAllowedPrivate: isPrivate)
    }

    private static let hour: Duration = .seconds(3600)
    private static let minute: Duration = .seconds(60)

    @Test(
        "the interval follows the share of items already seen (P16)",
        arguments: [
            (0, 0, 69.0), (0, 20, 69), (5, 20, 42), (10, 20, 42), (15, 20, 30), (20, 20, 15),
        ] as [(Int, Int, Double)])
    func adapts(new: Int, total: Int, minutes: Double) {
        let next = policy().adapted(
            from: Self.hour, outcome: .accepted(new: new, total: total), holdsValidators: true)
        #expect(next == .milliseconds(Int64(minutes * 60_000)))
    }

    @Test("a baseline leaves the interval alone, and so does a failure, which only multiplies it (P16, P18)")
    func neutral() {
        #expect(policy().adapted(from: nil, outcome: .baseline, holdsValidators: true) == Self.hour)
        #expect(
            policy().adapted(from: .seconds(1800), outcome: .baseline, holdsValidators: true) == .seconds(1800))
        #expect(policy().base(.seconds(1800), holdsValidators: true) == .seconds(1800))
        #expect(policy().base(.seconds(1800), holdsValidators: false) == Self.hour)
        #expect(policy().base(nil, holdsValidators: true) == Self.hour)
    }

    @Test("the floor is 15 min with validators and 60 without, strict 60 min and 24 h (§1.3)")
    func floors() {
        let all = PollInterval.Outcome.accepted(new: 9, total: 9)
        #expect(policy().adapted(from: nil, outcome: all, holdsValidators: true) == Self.minute * 15)
        #expect(policy().adapted(from: nil, outcome: all, holdsValidators: false) == Self.hour)
        let strict = policy { $0.isStrictlyCourteous = true }
        #expect(strict.adapted(from: nil, outcome: all, holdsValidators: true) == Self.hour)
        #expect(strict.adapted(from: nil, outcome: all, holdsValidators: false) == Self.hour * 24)
    }

    @Test("the ceiling bounds the adaptation, and a floor above it wins")
    func ceiling() {
        let nothing = PollInterval.Outcome.accepted(new: 0, total: 0)
        #expect(policy().adapted(from: Self.hour * 6, outcome: nothing, holdsValidators: true) == Self.hour * 6)
        let strict = policy { $0.isStrictlyCourteous = true }
        #expect(strict.adapted(from: Self.hour, outcome: nothing, holdsValidators: false) == Self.hour * 24)
    }

    @Test("a feed's own interval replaces adaptation; from 1 s only where it is allow-listed (P14)")
    func own() {
        let nothing = PollInterval.Outcome.accepted(new: 0, total: 0)
        #expect(
            policy(interval: .seconds(2), isPrivate: true).adapted(
                from: nil, outcome: nothing, holdsValidators: false) == .seconds(2))
        #expect(
            policy(interval: .seconds(2)).adapted(from: nil, outcome: nothing, holdsValidators: false)
                == Self.minute)
    }

    @Test("a shorter global value counts as a minute elsewhere (P14)")
    func globalMinimum() {
        let all = PollInterval.Outcome.accepted(new: 9, total: 9)
        let quick: (inout PollSettings) -> Void = {
            $0.minimumInterval = .seconds(1)
            $0.maximumInterval = .seconds(1)
        }
        #expect(
            policy(isPrivate: true, configure: quick).adapted(from: nil, outcome: all, holdsValidators: false)
                == .seconds(1))
        #expect(policy(configure: quick).adapted(from: nil, outcome: all, holdsValidators: true) == Self.minute)
    }

    @Test("jitter only adds, uniform 0–10 %, at most 10 min (P15)")
    func jitter() {
        #expect(PollInterval.jitter(of: Self.hour, random: 0) == .zero)
        #expect(PollInterval.jitter(of: Self.hour, random: 0.5) == Self.minute * 3)
        #expect(PollInterval.jitter(of: Self.hour * 24, random: 0.99) == Self.minute * 10)
    }

    @Test("a feed's own interval is its floor too, whatever validators are held (P14)")
    func ownFloor() {
        #expect(policy(interval: .seconds(1200)).floor(holdsValidators: false) == .seconds(1200))
        #expect(policy(interval: .seconds(86_400 * 7)).base(Self.hour, holdsValidators: true) == Self.hour * 168)
    }
}
