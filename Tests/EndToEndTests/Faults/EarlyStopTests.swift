// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguTestSupport
import Testing

/// A daemon that is stopped before it has opened anything.
@Suite("Stops before the start is done")
struct EarlyStopTests {
    @Test(
        "a stop while the start waits for space ends it at once with 0, and the next start begins (O36, T6)",
        .enabled(if: SmallDisk.isPossible, "cannot mount here"), arguments: [SIGTERM, SIGINT])
    func whileWaiting(signal: Int32) async throws {
        let disk = try SmallDisk(megabytes: 32)
        let room = try Newsroom()
        room.publish("courier", [("1", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["courier"])
        let arguments = ["--state-dir", disk.path + "/state"]
        try disk.fill(leaving: 0)
        let daemon = try room.start(arguments)
        #expect(await daemon.logs("the disk is full: "))
        let asked = ContinuousClock.now
        daemon.send(signal)
        #expect(await daemon.exitStatus() == 0)
        // Not after the 30 s that it waits between two looks; the machine may be busy.
        #expect(ContinuousClock.now - asked < .seconds(22))
        #expect(room.origin.requests(for: "/courier").isEmpty)
        disk.empty()
        let next = try room.start(arguments)
        #expect(await next.logs("ready"))
        next.send(SIGTERM)
        #expect(await next.exitStatus() == 0)
    }
}
