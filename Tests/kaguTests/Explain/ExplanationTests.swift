// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguMatch
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu explain (M52, M55)")
struct ExplanationTests {
    private let files: WatchFiles
    private let matcher: Matcher
    private let feeds = FeedDirectory([])

    init() throws {
        files = try WatchFiles()
        matcher = try files.matcher()
    }

    /// The hit that the daemon would store for a text.
    private func hit(
        title: String, summary: String = "", content: String = "", id: String = "h_0000000000000001"
    ) -> Hit {
        let result = matcher.match(Document(title: title, summary: summary, content: content))
        return Hit(
            id: id, seen: .sample,
            feed: .init(id: "gazette", title: "The Gazette", sourceClass: .independent, country: "NZ"),
            url: "https://gazette.example/1", title: title, summary: summary.isEmpty ? content : summary,
            lang: result.language, watches: result.watches.map(\.id), entities: result.entities,
            topics: result.topics, severity: .high, score: result.watches.map(\.score).max() ?? 0, story: "s_1",
            mentions: result.mentions)
    }

    private func explain(_ hit: Hit, _ asked: [String] = [], filesWritten: Instant? = nil) -> Explanation {
        Explanation(ExplainSubject(hit, feeds: feeds), matcher, asked: asked, filesWritten: filesWritten)
    }

    private func text(_ explanation: Explanation, showsAll: Bool = false) -> String {
        ExplanationPrinter(paint: Paint(false), clock: .utc, showsAll: showsAll).text(explanation)
    }

    @Test("alternatives that change nothing are counted under an OR that holds, and shown when asked for (M52)")
    func folded() {
        let explanation = explain(hit(title: "Strike", summary: "The Harbour Union called a walkout."), ["strikes"])
        #expect(
            text(explanation).contains("    + OR\n      + @org.union  ← decides\n      - 1 other does not hold\n"))
        #expect(text(explanation, showsAll: true).contains("      - @group.islands\n"))
    }

    @Test("each part with its truth, what decided, the score's parts, each mention with reason and words (M52)")
    func wholeText() {
        let hit = hit(
            title: "Strike at Blue Lagoon", summary: "The Harbour Union called a walkout. HWU members left.")
        #expect(
            text(explain(hit, ["strikes"], filesWritten: .sample)) == """
                Strike at Blue Lagoon
                The Gazette (independent, NZ), seen 2026-11-22 09:13:31, h_0000000000000001
                https://gazette.example/1
                language en: the text shows it
                explained from title and summary, which is what a hit keeps of the text

                strikes (Strikes on the islands, high): matches, score 560
                  + AND
                    + #strike (2 times)  ← decides
                    + OR
                      + @org.union (2 times)  ← decides
                      + @group.islands  ← decides
                  unless
                    - #sport
                  score 560 = #strike 260 + @org.union 180 + @place.lagoon 120

                topics
                  + topic.strike 260 of 100: strike* 120, walkout 90, #strike NEAR/20s @group.islands 50

                mentions
                  accepted plain place.lagoon "Blue Lagoon" in title at 10: Strike at Blue Lagoon
                  accepted plain org.union "Harbour Union" in summary at 4: The Harbour Union called a walkout. HWU members…
                  accepted long-form org.union "HWU" in summary at 36: …rbour Union called a walkout. HWU members left.

                """)
    }

    @Test("without --watch it is about the watches that matched; with it, about any (M52)")
    func asked() {
        let hit = hit(title: "The Harbour Union met")
        #expect(explain(hit).watches.map(\.watch.id) == ["union"])
        let other = text(explain(hit, ["strikes"]))
        #expect(other.contains("strikes (Strikes on the islands, high): does not match: when does not hold\n"))
        #expect(other.contains("    - #strike  ← decides\n"))
    }

    @Test("where no watch matched, those are named of which something was found")
    func nearMiss() {
        let subject = ExplainSubject(MatchInput(title: "Blue Lagoon"), feeds: feeds, now: .sample)
        let explanation = Explanation(subject, matcher, asked: [], filesWritten: nil)
        #expect(
            text(explanation).contains(
                "no watch matches; something was found for strikes: --watch ID shows why not"))
    }

    @Test("a hit's summary that is the beginning of the content is read as content")
    func content() {
        let hit = hit(title: "News", content: "The Harbour Union met.")
        let subject = ExplainSubject(hit, feeds: feeds)
        #expect(subject.text.content == "The Harbour Union met." && subject.text.summary.isEmpty)
        #expect(explain(hit).result.mentions == hit.mentions)
    }

    @Test("mentions in text that a hit does not keep are shown as stored, and nothing is concluded from them")
    func lostText() {
        var hit = hit(title: "HWU on strike", summary: "Short.", content: "The Harbour Union met at Blue Lagoon.")
        hit.summary = "Short."
        let explanation = explain(hit, filesWritten: .sample)
        #expect(explanation.subject.mentionsWithoutText.map(\.text) == ["Harbour Union", "Blue Lagoon"])
        #expect(explanation.mentions.map(\.text) == ["Harbour Union", "Blue Lagoon"])
        #expect(explanation.watches.map(\.change) == [.same, .same])
        let text = text(explanation)
        #expect(text.contains("2 mentions elsewhere in it as stored"))
        #expect(text.contains("matched on the whole text; on what is kept of it it does not match"))
        #expect(text.contains("accepted plain org.union \"Harbour Union\" in content at 4 (as stored)"))
    }

    @Test("a definition that finds other names in the same text has changed; else the files' age decides (M55)")
    func change() throws {
        let hit = hit(title: "The Harbour Union met")
        let later = Instant(seconds: 1_795_338_812)
        #expect(explain(hit, filesWritten: .sample).watches.first?.change == .same)
        #expect(explain(hit, filesWritten: later).watches.first?.change == .unknown)
        let other = try WatchFiles(["w.yaml": WatchFiles.harbour.replacing("Harbour Union,", with: "Dock Union,")])
        let now = Explanation(
            ExplainSubject(hit, feeds: feeds), try other.matcher(), asked: [], filesWritten: later)
        #expect(now.watches.first?.change == .changed)
        #expect(text(now).contains("union (The union, medium): matched when it was stored; now it does not match"))
        #expect(text(now).contains("the definition has changed since"))
        let gone = try WatchFiles(["w.yaml": WatchFiles.harbour.replacing("id: union", with: "id: unions")])
        let none = Explanation(ExplainSubject(hit, feeds: feeds), try gone.matcher(), asked: [], filesWritten: nil)
        #expect(none.goneWatches == ["union"])
    }

    @Test("the record has watch and hash, score parts, mentions, rejected ones, class, language and source (M55)")
    func record() throws {
        let hit = hit(title: "The Harbour Union met", summary: "hwu Hwu hWu hwU HWu hwu at work.")
        let json = ExplanationRecord(explanation: explain(hit, filesWritten: .sample)).json
        let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["id"] as? String == hit.id && object["text"] as? String == "hit")
        #expect((object["feed"] as? [String: Any])?["class"] as? String == "independent")
        #expect(object["lang"] as? String == "en" && object["lang_source"] as? String == "rules")
        #expect((object["stored"] as? [String: Any])?["watches"] as? [String] == ["union"])
        let watch = try #require((object["watches"] as? [[String: Any]])?.first)
        #expect(watch["id"] as? String == "union" && watch["fires"] as? Bool == true)
        #expect(watch["definition"] as? String == matcher.definitionHash(ofWatch: "union"))
        #expect(watch["definition_changed"] as? Bool == false)
        #expect(watch["decided_by"] as? [String] == ["@org.union"])
        #expect((watch["score_parts"] as? [[String: Any]])?.first?["points"] as? Int == 120)
        #expect((object["mentions"] as? [Any])?.count == 1)
        #expect((object["rejected"] as? [Any])?.count == 5)
        #expect((object["entities"] as? [[String: Any]])?.first?["name"] as? String == "Harbour Union")
    }
}
