// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

/// SIGKILL at random instants, with the whole daemon (T1).
@Suite("Killed at any instant", .serialized)
struct KillTests {
    private static let kills = Soak.count(ci: 20, soak: 1_000)
    private static let feeds = ["a", "b", "c", "d", "e"]

    /// Publishes ten new items a second in each of five feeds.
    private final class Press {
        /// Items that one document lists: no feed lists everything for ever, and a long one costs more than a short life has.
        private static let listed = 250

        private let room: Newsroom
        private var last = ContinuousClock.now
        private var published = 1.0
        private var stored = 0

        init(_ room: Newsroom) {
            self.room = room
            publish()
        }

        /// Publishes what time has brought, but no more than all feeds list beside what is not stored: on a busy machine few
        /// daemons live long enough to poll, and nothing may leave a document unseen.
        func catchUp() {
            let now = ContinuousClock.now
            let before = Int(published)
            let most = Double(stored + Self.listed) / Double(KillTests.feeds.count)
            published = max(published, min(published + (now - last) / .milliseconds(100), most))
            last = now
            if Int(published) > before { publish() }
        }

        /// Takes note of how many hits are stored.
        func note(stored: Int) { self.stored = stored }

        /// The ids of all items so far.
        var ids: Set<String> {
            Set(
                KillTests.feeds.flatMap { feed in
                    (0..<Int(published)).map { "https://\(feed).example/\(feed)\($0)" }
                })
        }

        private func publish() {
            let count = Int(published)
            for feed in KillTests.feeds {
                room.publish(
                    feed,
                    (max(0, count - Self.listed)..<count).map {
                        ("\(feed)\($0)", "Blue Lagoon, part \($0) of \(feed)")
                    })
            }
        }
    }

    @Test(
        "every hit is stored once and told, repeats carry the same id and body, verify finds nothing (T1, V1, V2, V3)"
    )
    func randomKills() async throws {
        let room = try Newsroom()
        let press = Press(room)
        try room.configure(feeds: Self.feeds)
        let settings = try room.directory.text("kagu.yaml")
        try room.directory.write(
            settings.replacingOccurrences(
                of: "max_per_hour: 1000}", with: "max_per_hour: 3600, group_by: [watch]}"),
            to: "kagu.yaml")
        // The first documents are the baseline.
        let first = try room.start()
        #expect(await eventually { Self.baselines(room) == Self.feeds.count })
        first.send(SIGKILL)
        _ = await first.exitStatus()
        var ended = 0
        for kill in 0..<Self.kills {
            if let stored = try? StateReader(directory: room.statePath).hitCount() { press.note(stored: stored) }
            let daemon = try room.start()
            // One in four is killed while it starts, however long that takes here, the others while they work.
            if kill % 4 != 0 { #expect(await daemon.logs("debug ready", within: .seconds(60))) }
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 10...1_200))
            while ContinuousClock.now < end {
                press.catchUp()
                try await Task.sleep(for: .milliseconds(50))
            }
            daemon.send(SIGKILL)
            if await daemon.exitStatus() == -SIGKILL { ended += 1 }
        }
        #expect(ended == Self.kills)
        let ids = press.ids
        let last = try room.start()
        #expect(await eventually(within: .seconds(60)) { (try? room.hits().count) ?? 0 >= ids.count })
        #expect(await eventually(within: .seconds(60)) { Self.isTold(room) })
        last.send(SIGTERM)
        #expect(await last.exitStatus() == 0)

        // V3: every line decodes. V1: each item has one hit, and each hit that is news a debt that is settled.
        let urls = try room.hits().map(\.url)
        #expect(Set(urls) == ids)
        let unique = Set(try room.hits().map(\.id)).count
        #expect(unique == ids.count && urls.count == unique)
        let counts = try StateReader(directory: room.statePath).deliveryCounts()
        #expect(counts == [.delivered: ids.count - Self.feeds.count])
        // V2: what came twice came with the same body, at most once for each kill.
        var bodies: [String: String] = [:]
        var repeats = 0
        for request in room.receiver.requests(for: "/hook") {
            #expect(try room.verificationFailure(request) == nil)
            let id = request.header("webhook-id") ?? ""
            if let body = bodies[id] {
                repeats += 1
                #expect(body == request.bodyText)
            }
            bodies[id] = request.bodyText
        }
        #expect(repeats <= Self.kills + 1)
        let verify = try BuiltProducts.run("kagu", ["verify", "--state-dir", room.statePath])
        #expect(verify.status == 0, "\(verify.output)\(verify.errors)")
        try expectIndexIsFresh(room)
    }

    /// Feeds whose first poll has been stored: killed before, their next poll is the first.
    private static func baselines(_ room: Newsroom) -> Int {
        (try? StateReader(directory: room.statePath).feedRecords().values.count(where: \.hasBaseline)) ?? 0
    }

    private static func isTold(_ room: Newsroom) -> Bool {
        guard let counts = try? StateReader(directory: room.statePath).deliveryCounts() else { return false }
        return counts[.waiting, default: 0] + counts[.pending, default: 0] == 0
    }

    /// The index is what a fresh reindex makes of the files.
    private func expectIndexIsFresh(_ room: Newsroom) throws {
        let reader = try StateReader(directory: room.statePath)
        let before = try reader.hitCount()
        let reindex = try BuiltProducts.run("kagu", ["reindex", "--state-dir", room.statePath, "-o", "json"])
        #expect(reindex.status == 0, "\(reindex.errors)")
        #expect(reindex.output.contains("\"hits\":\(before)"), "\(reindex.output)")
        #expect(try BuiltProducts.run("kagu", ["verify", "--state-dir", room.statePath]).status == 0)
    }
}
