// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("A month among publishers", .serialized)
struct SimulationTests {
    /// What happens besides polling.
    private static var script: [(at: Duration, act: Simulation.Act)] {
        let day = World.day
        var script: [(at: Duration, act: Simulation.Act)] = [
            (day(1) + .seconds(500), .reload), (day(1) + .seconds(510), .reload),
            (day(3), .kill(downtime: .seconds(20))), (day(4) + .seconds(777), .restart(downtime: .seconds(3))),
            (day(5), .restart(downtime: .seconds(9 * 3600))), (day(6), .sleep(.seconds(7 * 3600))),
            (day(7) + .seconds(1), .kill(downtime: .seconds(5))), (day(8), .poll("f0", isFull: true)),
            (day(8) + .seconds(60), .poll("f123", isFull: false)),
            (day(10), .relist("f20", url: "https://site20.example/elsewhere.xml")),
            (day(9) + .seconds(9000), .restart(downtime: .seconds(10))),
            (day(13), .poll("f33", isFull: false)), (day(16), .resume("f113")),
            (day(19) + .seconds(43_200), .poll("f123", isFull: true)),
            (day(24), .stepWall(.seconds(2 * 365 * 86_400))),
            (day(24) + .seconds(7200), .stepWall(.seconds(-2 * 365 * 86_400))),
            (day(26), .stepWall(.seconds(-400 * 86_400))),
            (day(26) + .seconds(3600), .restart(downtime: .seconds(10))),
            (day(27), .stepWall(.seconds(400 * 86_400))),
            // Forward, and a restart before anything else: what was polled a minute ago is not due (P20).
            (day(28), .stepWall(.seconds(3 * 86_400))), (day(28) + .seconds(120), .restart(downtime: .seconds(10))),
            (day(29), .stepWall(.seconds(-3 * 86_400))),
        ]
        // Twenty restarts in ten minutes (P20).
        for turn in 0..<20 {
            script.append((day(14) + .seconds(Int64(turn) * 28), .kill(downtime: .seconds(2))))
        }
        return script
    }

    @Test(
        "thirty days of 200 feeds without a violation of §1 (§6)", .timeLimit(.minutes(5)),
        arguments: [(UInt64(1), Int64(30)), (20_261_122, 9)])
    func month(seed: UInt64, days: Int64) async throws {
        let world = World(seed: seed, days: days)
        let directory = try TemporaryDirectory("kagu-simulation", inMemory: true)
        let start = ContinuousClock.now
        var record = try await Simulation(world, seed: seed, directory: directory.path)
            .run(until: World.day(days), script: Self.script)
        record.owners["https://site20.example/elsewhere.xml"] = "f20"
        let ran = ContinuousClock.now - start
        let verdict = Judge(settings: .init(ceiling: World.ceiling, hostGroups: World.hostGroups)).judge(record)
        var shown: [String: Int] = [:]
        for violation in verdict.violations {
            shown[violation.rule, default: 0] += 1
            if shown[violation.rule, default: 0] <= 12 { print("  \(violation)") }
        }
        print("  violations by rule: \(shown)")
        // The whole story of one feed, for who looks for the cause of a violation.
        if let feed = getenv("KAGU_SIMULATION_FEED").map({ String(cString: $0) }) {
            for exchange in record.exchanges where record.owners[exchange.url] == feed {
                let status = exchange.answer.map { $0.trouble?.rawValue ?? "\($0.status)" } ?? "-"
                print(
                    "   ", exchange.start, exchange.end ?? .zero, exchange.wall, exchange.url, status,
                    exchange.isUnconditional ? "" : "conditional",
                    exchange.answer?.headers.map { "\($0.name): \(String(decoding: $0.value, as: UTF8.self))" }
                        ?? [])
            }
        }
        print(
            "simulation: \(days) days, \(world.feeds.count) feeds, \(verdict.polls) polls, \(verdict.requests) requests, "
                + "\(record.stored.count) items, \(verdict.violations.count) violations, "
                + "\(verdict.notModified) of \(verdict.steady) steady polls were 304, ran \(ran), "
                + "judged \(ContinuousClock.now - start - ran)")
        #expect(verdict.violations.isEmpty)
        #expect(verdict.share >= 0.99)
        #expect(verdict.polls > 300 * Int(days))
    }
}
