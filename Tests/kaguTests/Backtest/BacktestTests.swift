// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguMatch
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu backtest (M54)")
struct BacktestTests {
    private func comparison(
        _ change: (String) -> String, limit: Int = 20, since: Instant? = nil
    ) throws -> BacktestComparison {
        let new = try WatchFiles(["w.yaml": change(WatchFiles.harbour)])
        return BacktestComparison(
            old: try WatchFiles().matcher(), new: try new.matcher(), feeds: FeedDirectory([]), since: since,
            now: .sample, limit: limit)
    }

    private func tally(_ comparison: BacktestComparison, _ lines: [String]) -> BacktestTally {
        var run = BacktestRun(comparison, progress: BacktestProgress(false))
        for line in lines { run.add(Array(line.utf8)) }
        return run.finished()
    }

    @Test("an item that fires under the new files alone is gained, with the alias that counts there only")
    func gained() throws {
        let comparison = try comparison {
            $0.replacing("[Harbour Union, ", with: "[Harbour Union, Dockers' Guild, ")
        }
        let tally = tally(
            comparison, [#"{"id":"1","title":"The Dockers' Guild met","url":"https://a.example/1"}"#])
        let union = try #require(tally.watches["union"])
        #expect(union.old == 0 && union.new == 1 && union.gained.count == 1 && union.lost.count == 0)
        #expect(
            BacktestReport(tally, comparison).text(Paint(false)).contains(
                """
                union: 0 → 1 hit, gained 1
                  gained by "Dockers' Guild" 1
                  + The Dockers' Guild met  1  https://a.example/1: "Dockers' Guild" of org.union
                  only because of "Dockers' Guild" 1

                """))
    }

    @Test("an item that fires no more is lost, with the alias that counted; a topic or the watch itself may be why")
    func lost() throws {
        let alias = try comparison { $0.replacing("[Blue Lagoon]", with: "[Green Lagoon]") }
        let byAlias = tally(alias, [#"{"title":"Strike at Blue Lagoon"}"#]).watches["strikes"]?.lost
        #expect(byAlias?.items.first?.causes.first.map { "\($0)" }?.contains("Blue Lagoon") ?? false)
        let topic = try comparison { $0.replacing("strike*, walkout", with: "walkout") }
        let byTopic = tally(topic, [#"{"title":"Strike at Blue Lagoon"}"#]).watches["strikes"]?.lost
        #expect(
            byTopic?.items.first?.causes == [
                .topic(BacktestCause.TopicChange(id: "topic.strike", old: 170, new: 0))
            ])
        let watch = try comparison { $0.replacing("threshold: 30", with: "threshold: 300") }
        let byWatch = tally(watch, [#"{"title":"The Harbour Union met"}"#]).watches["union"]?.lost
        #expect(byWatch?.items.first?.causes == [.definition])
    }

    @Test("an alias alone brings a hit if the watch would not fire without that spelling, evidence included")
    func alone() throws {
        let comparison = try comparison { $0 }
        let one = tally(comparison, [#"{"title":"The Harbour Union met","content":"HWU agreed."}"#])
        let names = one.watches["union"]?.alone.map {
            (BacktestAlias($0.key, comparison.new.watchlist).text, $0.value)
        }
        // HWU counts only beside the long form, so without that nothing is left; the long form needs no HWU.
        #expect(names?.map(\.0) == ["Harbour Union"] && names?.first?.1 == 1)
        let two = tally(comparison, [#"{"title":"Harbour Union, syndicat des dockers"}"#])
        #expect(two.watches["union"]?.alone.isEmpty ?? false)
    }

    @Test("aliases without an accepted mention never fired")
    func neverFired() throws {
        let comparison = try comparison { $0 }
        let tally = tally(comparison, [#"{"title":"The Harbour Union met; HWU"}"#, #"{"title":"Far Atoll"}"#])
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(BacktestReport(tally, comparison).json.utf8)) as? [String: Any])
        let never = try #require(object["never_fired"] as? [[String: Any]])
        #expect(object["aliases"] as? Int == 6)
        #expect(never.map { $0["alias"] as? String } == ["syndicat des dockers", "Blue Lagoon", "Lagon bleu"])
    }

    @Test("the result does not depend on batches and threads, and lists are bounded")
    func order() throws {
        let comparison = try comparison({ $0.replacing("[Far Atoll]", with: "[Far Atoll, Near Atoll]") }, limit: 3)
        let count = BacktestRun.batchItems * 2 + 77
        let lines = (1...count).map { #"{"id":"\#($0)","title":"Walkout at Near Atoll"}"# }
        let gained = try #require(tally(comparison, lines).watches["strikes"]?.gained)
        #expect(gained.count == count && gained.aliases.values.first == count)
        #expect(gained.items.map(\.number) == [1, 2, 3])
    }

    @Test("items before --since are passed over, undated ones are not; lines that are no items are told")
    func since() throws {
        let comparison = try comparison({ $0 }, since: .sample)
        let tally = tally(
            comparison,
            [
                #"{"title":"Harbour Union","published":"2020-01-01T00:00:00Z"}"#, #"{"title":"Harbour Union"}"#, "",
                "nonsense",
            ])
        #expect(tally.items == 1 && tally.passedOver == 1 && tally.watches["union"]?.new == 1)
        #expect(tally.mistakeCount == 1 && tally.mistakes.first?.hasPrefix("line 4, column ") ?? false)
    }

    @Test("lines of the archive are plain text already")
    func plain() throws {
        let comparison = try comparison { $0 }
        let line = Array(#"{"v":1,"id":"h_1","title":"x","content":"a<b Harbour Union c>d"}"#.utf8)
        var archived = BacktestRun(comparison, progress: BacktestProgress(false))
        archived.add(archived: line)
        #expect(archived.finished().watches["union"]?.new == 1)
        #expect(tally(comparison, [String(decoding: line, as: UTF8.self)]).watches["union"] == nil)
    }

    @Test("new and removed watches are told as such")
    func renamed() throws {
        let comparison = try comparison { $0.replacing("id: union,", with: "id: guild,") }
        let tally = tally(comparison, [#"{"title":"Harbour Union"}"#])
        let text = BacktestReport(tally, comparison).text(Paint(false))
        #expect(text.contains("\nunion (removed): 1 → 0 hits, lost 1\n"))
        #expect(text.contains("\nguild (new): 0 → 1 hit, gained 1\n"))
    }
}
