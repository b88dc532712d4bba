// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

/// Starts that find more than a crash has left: a lost database, hits from elsewhere (O10, O38, D1).
@Suite("Recovery at start")
struct RecoveryTests {
    /// Day files as another server would have written them, the last one `last` days ago.
    private func writeHits(_ directory: String, days: Int, last: Int) throws -> Int {
        let seconds = Int64(Date.now.timeIntervalSince1970)
        var count = 0
        for day in last..<(last + days) {
            let seen = Instant(seconds: seconds - Int64(day) * 86_400)
            var lines: [UInt8] = []
            for number in 0..<200 {
                let hit = Hit.make(
                    id: HitIdentity.hit(feedID: "old", key: "\(day)-\(number)", revision: 0), seen: seen,
                    title: "Blue Lagoon \(day)-\(number)")
                lines += hit.line + [0x0A]
                count += 1
            }
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(lines).write(to: URL(filePath: "\(directory)/\(seen.day).jsonl"))
        }
        return count
    }

    @Test("a database that is lost is made anew from the hits; systemd is told of it, and given time (O10, O38)")
    func lost() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let count = try writeHits("\(room.statePath)/hits", days: 4, last: 5)
        let socket = try NotifySocket(path: room.directory.path("notify"))
        let daemon = try room.start(environment: ["NOTIFY_SOCKET": socket.path])
        #expect(await daemon.logs("ready"))
        #expect(await eventually { (try? room.hits().count) == count + 1 })
        let told = socket.received
        let ready = try #require(told.firstIndex { $0.contains("READY=1") })
        #expect(
            told[..<ready].contains { $0.contains("STATUS=recovery: the index over the hits is made anew, 0 %") })
        #expect(told[..<ready].contains { $0.contains("EXTEND_TIMEOUT_USEC=60000000") })
        #expect(daemon.logText.contains("it was made anew with 0 rows that could be read and \(count) hits"))
        #expect(room.alerts().isEmpty)
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        let verify = try BuiltProducts.run("kagu", ["verify", "--state-dir", room.statePath])
        #expect(verify.status == 0 && verify.output.contains("\(count + 1) hits"), "\(verify.output)")
    }

    @Test("day files that are copied from another server are found and counted, and nobody is told of them (D1)")
    func copied() async throws {
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let first = try room.start()
        #expect(await eventually { (try? room.hits().count) == 1 })
        first.send(SIGTERM)
        #expect(await first.exitStatus() == 0)
        let count = try writeHits("\(room.statePath)/hits", days: 3, last: 30)
        room.publish("courier", [("1", "The Blue Lagoon is calm"), ("2", "Blue Lagoon in uproar")])
        let second = try room.start()
        #expect(await second.logs("hit files: 3 files of past days with \(count) hits came from elsewhere"))
        #expect(await eventually { room.alerts().count == 1 })
        second.send(SIGTERM)
        #expect(await second.exitStatus() == 0)
        #expect(room.alerts().count == 1 && room.alerts().allSatisfy { $0.body.contains("in uproar") })
        let status = try BuiltProducts.run("kagu", ["status", "--state-dir", room.statePath])
        #expect(status.output.contains("hits     \(count + 2)"), "\(status.output)")
        let verify = try BuiltProducts.run("kagu", ["verify", "--state-dir", room.statePath])
        #expect(verify.status == 0, "\(verify.output)")
    }
}
