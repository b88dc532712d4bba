// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Message body")
struct MessageBodyTests {
    @Test("a hit is told as W2 writes it, key by key (W2)")
    func hit() {
        let alert = Alert.bind([Sample.hit], to: Destination(receiver: "desk"), as: Sample.id, at: Sample.boundAt)
        let expected =
            #"{"type":"kagu.hit","timestamp":"2026-11-22T09:13:31.482Z","data":{"#
            + #""alert":"\#(Sample.id)","receiver":"desk","route":"route","#
            + #""reason":"new","group":{"story":"s_7f3k2m9q","watch":"big"},"#
            + #""hit":{"id":"h_4zt0c8e1v5","seen":"2026-11-22T09:13:31.482Z","published":"2026-11-22T09:02:00.000Z","#
            + #""feed":{"id":"lemonde-une","title":"Le Monde","class":"independent","country":"FR"},"#
            + #""url":"https://www.lemonde.fr/article","title":"Le Groupe d'initiative de Bakou","#
            + #""summary":"Résumé","lang":"fr","watches":["big"],"entities":["org.big","place.baku"],"#
            + #""topics":[{"id":"topic.influence","score":120}],"severity":"medium","score":140,"#
            + #""story":"s_7f3k2m9q","revision":0,"baseline":false,"#
            + #""mentions":[{"entity":"org.big","text":"Groupe d'initiative de Bakou","field":"title","#
            + #""start":3,"end":31}]}}}"#
        #expect(String(decoding: alert.body, as: UTF8.self) == expected)
        #expect(alert.kind == .hit && alert.reason == .new)
        #expect(alert.hits == ["h_4zt0c8e1v5"])
        #expect(alert.title == "Le Groupe d'initiative de Bakou")
    }

    @Test("several hits of one story are told as a story, oldest first (R5, W2)")
    func story() {
        let second = Sample.hit(60, story: "s_7f3k2m9q", title: "Second")
        let destination = Destination(receiver: "desk", route: "urgent", groupBy: [.story])
        let alert = Alert.bind([second, Sample.hit], to: destination, as: Sample.id, at: Sample.boundAt)
        let text = String(decoding: alert.body, as: UTF8.self)
        let head =
            #"{"type":"kagu.story","timestamp":"2026-11-22T09:14:03.000Z","data":{"#
            + #""alert":"\#(Sample.id)","receiver":"desk","route":"urgent","#
            + #""reason":"new","group":{"story":"s_7f3k2m9q"},"update":0,"first":"\#(Sample.id)","#
            + #""story":{"id":"s_7f3k2m9q","title":"Le Groupe d'initiative de Bakou","#
            + #""url":"https://www.lemonde.fr/article","first_seen":"2026-11-22T09:13:31.482Z","#
            + #""last_seen":"2026-11-22T09:14:31.482Z","hits":2,"outlets":2,"countries":["FR","TR"],"#
            + #""langs":["en","fr"],"classes":["independent","state"],"watches":["big","watch"],"#
            + #""entities":["org.big","place.baku"],"severity":"medium","score":140},"#
            + #""hits":[{"id":"h_4zt0c8e1v5","#
        #expect(text.hasPrefix(head))
        #expect(text.hasSuffix(#""mentions":[]}],"more":0}}"#))
        #expect(alert.kind == .story && alert.hits == ["h_4zt0c8e1v5", "h_60"])
    }

    @Test("several stories in one group are told as a digest with true totals (R5, W2)")
    func digest() throws {
        let hits = [
            Sample.hit(3, story: "s_b", feed: "b"), Sample.hit(1, story: "s_a", feed: "a"),
            Sample.hit(2, story: "s_a", feed: "b"),
        ]
        let alert = Alert.bind(
            hits, to: Destination(receiver: "desk", groupBy: [.watch]), as: Sample.id, at: Sample.boundAt)
        let text = String(decoding: alert.body, as: UTF8.self)
        let head =
            #"{"type":"kagu.digest","timestamp":"2026-11-22T09:14:03.000Z","data":{"#
            + #""alert":"\#(Sample.id)","receiver":"desk","route":"route","reason":"group","#
            + #""digest":{"from":"2026-11-22T09:13:32.482Z","to":"2026-11-22T09:13:34.482Z","hits":3,"#
            + #""stories":2,"outlets":2},"stories":[{"story":{"id":"s_a","title":"Title","#
        #expect(text.hasPrefix(head))
        #expect(text.hasSuffix(#"}]}],"more":0}}"#))
        #expect(alert.kind == .digest && alert.reason == .group)
        #expect(alert.hits == ["h_1", "h_2", "h_3"])
    }

    @Test("a binder that knows a better reason gives it (W2)")
    func givenReason() throws {
        let alert = Alert.bind(
            [Sample.hit], to: Destination(receiver: "desk"), as: Sample.id, at: Sample.boundAt, reason: .revision)
        #expect(alert.reason == .revision)
        #expect(try Sample.data(of: alert.body)["reason"] as? String == "revision")
    }

    @Test("a story of a digest carries its first three records (W2)")
    func recordsPerStory() throws {
        let hits = (0..<5).map { Sample.hit($0, story: "s_a") } + [Sample.hit(9)]
        let data = try Sample.data(of: Sample.body().digest(hits, reason: .group))
        let stories = try #require(data["stories"] as? [[String: Any]])
        let records = try stories.map { try #require($0["hits"] as? [[String: Any]]) }
        #expect(records[0].map { $0["id"] as? String } == ["h_0", "h_1", "h_2"])
        #expect(records[1].map { $0["id"] as? String } == ["h_9"])
        #expect((stories[0]["story"] as? [String: Any])?["hits"] as? Int == 5)
    }

    @Test("a test message is one fixed sentence (W2, C5)")
    func test() {
        let alert = Alert.test(
            to: "desk", as: Sample.id, at: Sample.boundAt, version: "1.2.3", host: "box.example.org")
        let expected =
            #"{"type":"kagu.test","timestamp":"2026-11-22T09:14:03.000Z","data":{"alert":"\#(Sample.id)","#
            + #""receiver":"desk","route":"","reason":"test","note":"test message of kagu 1.2.3 on box.example.org"}}"#
        #expect(String(decoding: alert.body, as: UTF8.self) == expected)
        #expect(alert.hits.isEmpty)
    }

    @Test("mentions are the first ten accepted, shortened (W2)")
    func mentions() throws {
        var hit = Sample.hit
        hit.mentions = (0..<14).map { .make(start: $0, text: "x", state: $0 % 7 == 0 ? .candidate : .accepted) }
        let data = try Sample.data(
            of: Sample.body().hit(hit, group: Destination(receiver: "desk").group(for: hit), reason: .new))
        let mentions = try #require((data["hit"] as? [String: Any])?["mentions"] as? [[String: Any]])
        #expect(mentions.map { $0["start"] as? Int } == [1, 2, 3, 4, 5, 6, 8, 9, 10, 11])
        #expect(mentions.allSatisfy { Set($0.keys) == ["entity", "text", "field", "start", "end"] })
    }

    @Test("absent values are left out (W2)")
    func absent() {
        let hit = Hit.make(url: "", story: "s_1")
        let text = String(
            decoding: Sample.body().hit(
                hit, group: Destination(receiver: "desk").group(for: hit), reason: .new), as: UTF8.self)
        for key in ["published", "country", "url", "summary"] { #expect(!text.contains(#""\#(key)":"#)) }
    }
}
