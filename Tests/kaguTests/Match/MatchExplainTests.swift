// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu match --explain (M51, M59)")
struct MatchExplainTests {
    private func object(_ line: [UInt8], explaining: Bool = true) throws -> [String: Any] {
        var run = MatchRun(
            matcher: try WatchFiles().matcher(), feeds: FeedDirectory([]), explaining: explaining, now: .sample)
        let bytes = run.answer(line)
        let answer = try #require(bytes)
        return try #require(JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any])
    }

    private let line = #"{"id":"a","title":"HWU &amp; others","content":"A walkout at Blue Lagoon."}"#

    @Test("it adds rejected mentions, topics below threshold with their terms, and plain texts that differ (M51)")
    func explained() throws {
        let object = try object(Array(line.utf8))
        let mentions = try #require(object["mentions"] as? [[String: Any]])
        #expect(mentions.map { $0["state"] as? String } == ["rejected", "accepted"])
        let topic = try #require((object["topics"] as? [[String: Any]])?.first)
        #expect(topic["score"] as? Int == 110 && topic["threshold"] as? Int == 100)
        #expect((topic["terms"] as? [[String: Any]])?.first?["name"] as? String == "walkout")
        #expect(object["plain"] as? [String: String] == ["title": "HWU & others"])
        #expect((object["explain"] as? [[String: Any]])?.map { $0["id"] as? String } == ["strikes", "union"])
    }

    @Test("without it a line has exactly the members of M51")
    func bare() throws {
        let object = try object(Array(line.utf8), explaining: false)
        #expect(
            object.keys.sorted() == ["entities", "id", "lang", "lang_source", "mentions", "topics", "watches"])
        #expect((object["topics"] as? [[String: Any]])?.first?.keys.sorted() == ["id", "score"])
        #expect((object["watches"] as? [[String: Any]])?.first?.keys.sorted() == ["id", "score", "severity"])
    }

    @Test("a member of the wrong type is told by its name and column, and the line keeps its id (M59)")
    func wrongType() throws {
        let object = try object(Array(#"{"id":"a","title":5}"#.utf8))
        #expect(object["id"] as? String == "a")
        #expect(object["error"] as? String == "line 1, column 11: title is no string; write it in quotes")
    }

    @Test("wrong UTF-8 becomes U+FFFD, and the run goes on (M59)")
    func wrongUTF8() throws {
        let bytes =
            Array(#"{"title":"Blue Lagoon "#.utf8) + [0xFF, 0xC3] + Array(#"","content":"Far Atoll"}"#.utf8)
        let object = try object(bytes)
        #expect(object["entities"] as? [String] == ["place.atoll", "place.lagoon"])
        #expect(object["error"] == nil)
    }
}
