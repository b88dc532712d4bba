// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Message limit")
struct MessageLimitTests {
    private func bind(_ hits: [Hit], groupBy: [GroupLabel] = [.watch]) -> Alert {
        Alert.bind(hits, to: Destination(receiver: "desk", groupBy: groupBy), as: Sample.id, at: Sample.boundAt)
    }

    @Test("a digest leaves out whole stories, the newest, and counts them in more and in its totals (W15)")
    func digest() throws {
        let alert = bind((0..<5000).map { Sample.hit($0, feed: "feed-\($0 % 40)") })
        #expect(alert.body.count <= 20_000)
        #expect(alert.body.count > 18_500)
        let data = try Sample.data(of: alert.body)
        let stories = try #require(data["stories"] as? [[String: Any]])
        let more = try #require(data["more"] as? Int)
        #expect(stories.count + more == 5000)
        #expect(stories.first.flatMap { $0["story"] as? [String: Any] }?["id"] as? String == "s_0")
        let totals = try #require(data["digest"] as? [String: Any])
        #expect(totals["hits"] as? Int == 5000)
        #expect(totals["stories"] as? Int == 5000)
        #expect(totals["outlets"] as? Int == 40)
        #expect(alert.hits.count == 5000)
    }

    @Test("one story more than fits is left out, and one fewer is not (W15)")
    func boundary() throws {
        let fitting = try #require(
            (1...100).last { count in
                (try? Sample.data(of: bind((0..<count).map { Sample.hit($0) }).body)["more"] as? Int) == 0
            })
        let next = try Sample.data(of: bind((0...fitting).map { Sample.hit($0) }).body)
        #expect((next["stories"] as? [Any])?.count == fitting)
        #expect(next["more"] as? Int == 1)
    }

    @Test("a story leaves out whole records and counts them (W15)")
    func story() throws {
        let alert = bind((0..<200).map { Sample.hit($0, story: "s_a") })
        #expect(alert.body.count <= 20_000)
        let data = try Sample.data(of: alert.body)
        let records = try #require(data["hits"] as? [Any])
        #expect(records.count + (data["more"] as? Int ?? 0) == 200)
        #expect((data["story"] as? [String: Any])?["hits"] as? Int == 200)
    }

    @Test(
        "a single hit too large by itself is shortened, not dropped (W15, T29)",
        arguments: [
            Hit.make(title: String(repeating: "é", count: 50_000)),
            Hit.make(title: "e" + String(repeating: "\u{301}", count: 50_000)),
            Hit.make(url: "https://example.org/" + String(repeating: "a", count: 50_000)),
            Hit.make(summary: String(repeating: "\"", count: 1000), entities: (0..<1500).map { "org.entity\($0)" }),
            Hit.make(mentions: (0..<10).map { .make(start: $0, text: String(repeating: "x", count: 20_000)) }),
            Hit.make(
                feed: .init(id: "f", title: String(repeating: "👩‍👩‍👧‍👧", count: 10_000), sourceClass: .unknown)),
        ])
    func largeHit(hit: Hit) throws {
        let alert = bind([hit])
        #expect(alert.body.count <= 20_000)
        let record = try #require(try Sample.data(of: alert.body)["hit"] as? [String: Any])
        #expect(record["id"] as? String == hit.id)
        let (first, second) = (hit, Sample.hit(2))
        let digest = bind([first, second])
        #expect(digest.body.count <= 20_000)
        #expect((try Sample.data(of: digest.body)["digest"] as? [String: Any])?["hits"] as? Int == 2)
    }

    @Test("text is cut between graphemes, with an ellipsis (W15, T30)")
    func graphemes() throws {
        let family = "👩‍👩‍👧‍👧"
        let alert = bind([.make(title: String(repeating: family, count: 10_000))])
        let record = try #require(try Sample.data(of: alert.body)["hit"] as? [String: Any])
        let title = try #require(record["title"] as? String)
        #expect(title.hasSuffix("…"))
        #expect(title.dropLast().allSatisfy { String($0) == family })
        #expect(title.count > 10)
    }

    @Test("text that fits is not cut (W15)")
    func uncut() throws {
        let title = String(repeating: "a", count: 15_000)
        let record = try #require(try Sample.data(of: bind([.make(title: title)]).body)["hit"] as? [String: Any])
        #expect(record["title"] as? String == title)
    }
}
