// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Testing

@Suite("kagu explain with what a daemon stored")
struct ExplainCommandTests {
    @Test(
        "a hit is explained by id, beginning, URL and item id; an item that matched nothing has no text (M52, M54)")
    func explain() async throws {
        let room = try Newsroom()
        room.publish("gazette", [("1", "Nothing here"), ("2", "The Blue Lagoon is calm")])
        try room.configure(feeds: ["gazette"])
        let daemon = try room.start()
        #expect(await eventually { (try? room.hits().count) == 1 })
        daemon.send(SIGTERM)
        #expect(await daemon.exitStatus() == 0)
        let hit = try #require(try room.hits().first)

        for name in [hit.id, String(hit.id.prefix(8)), "https://gazette.example/2", "2"] {
            let shown = try room.kagu("explain", name)
            #expect(shown.status == 0, "\(name): \(shown.errors)")
            #expect(shown.output.contains("lagoon (Lagoon, high): matches"), "\(name): \(shown.output)")
        }
        let record = try room.kagu("explain", hit.id, "-o", "json")
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(record.output.utf8)) as? [String: Any])
        let watch = try #require((object["watches"] as? [[String: Any]])?.first)
        #expect(watch["definition_changed"] as? Bool == false && (watch["definition"] as? String)?.count == 64)

        try? FileManager.default.removeItem(atPath: "\(room.statePath)/items")
        let quiet = try room.kagu("explain", "https://gazette.example/1")
        #expect(
            quiet.status == 2 && quiet.errors.contains("matched nothing; its text is not kept"), "\(quiet.errors)")
        let unknown = try room.kagu("explain", "https://gazette.example/9")
        #expect(unknown.status == 2 && unknown.errors.contains("nothing is stored under"))
        #expect(try room.kagu("explain", hit.id, "--watch", "lagon").errors.contains("did you mean \"lagoon\"?"))
    }
}
