// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel
import Testing

@Suite struct HitTests {
    static let full = Hit(
        id: "h_4zt0c8e1v5", seen: Instant(milliseconds: 1_795_338_811_482),
        published: Instant(seconds: 1_795_338_120),
        feed: .init(id: "lemonde-une", title: "Le Monde", sourceClass: .independent, country: "FR"),
        url: "https://www.lemonde.fr/a", title: "Le « Groupe »", summary: "Deux\nlignes", lang: "fr",
        watches: ["big", "gib"], entities: ["org.big"], topics: [TopicScore(id: "topic.influence", score: 120)],
        severity: .high, score: 140, story: "s_7f3k2m9q", revision: 2, baseline: true,
        mentions: [
            Mention(
                entity: "org.big", alias: "Groupe", field: .title, start: 6, end: 12, text: "Groupe", tier: 0,
                suffix: "", state: .accepted, reason: "name")
        ])

    @Test("a line has the members of DESIGN §6 in that order")
    func order() {
        #expect(
            String(decoding: Self.full.line, as: UTF8.self)
                == #"{"v":1,"id":"h_4zt0c8e1v5","seen":"2026-11-22T09:13:31.482Z","published":"2026-11-22T09:02:00.000Z","#
                + #""feed":{"id":"lemonde-une","title":"Le Monde","class":"independent","country":"FR"},"#
                + #""url":"https://www.lemonde.fr/a","title":"Le « Groupe »","summary":"Deux\nlignes","lang":"fr","#
                + #""watches":["big","gib"],"entities":["org.big"],"topics":[{"id":"topic.influence","score":120}],"#
                + #""severity":"high","score":140,"story":"s_7f3k2m9q","revision":2,"baseline":true,"#
                + #""mentions":[{"entity":"org.big","alias":"Groupe","field":"title","start":6,"end":12,"text":"Groupe","#
                + #""tier":0,"suffix":"","state":"accepted","reason":"name"}]}"#)
    }

    @Test("a line reads back as the hit it was")
    func roundTrip() throws {
        #expect(try JSONDecoder().decode(Hit.self, from: Data(Self.full.line)) == Self.full)
        let bare = Hit(
            id: "h_1", seen: Instant(seconds: 0), feed: .init(id: "a", title: "", sourceClass: .unknown), url: "",
            title: "", watches: [], story: "s_1")
        #expect(!String(decoding: bare.line, as: UTF8.self).contains("published"))
        #expect(try JSONDecoder().decode(Hit.self, from: Data(bare.line)) == bare)
    }

    @Test("unknown members are ignored, absent lists are empty (O41)")
    func lenient() throws {
        let line =
            #"{"v":1,"id":"h_1","seen":"2026-11-22T09:13:31.482Z","new":{"x":[1]},"feed":{"id":"a","title":"A","class":"wire","y":1}}"#
        let hit = try JSONDecoder().decode(Hit.self, from: Data(line.utf8))
        #expect(
            hit.feed.sourceClass == .wire && hit.watches.isEmpty && hit.severity == .medium && hit.lang == "und")
    }

    @Test("a line stays one line whatever the text holds")
    func oneLine() throws {
        var hit = Self.full
        hit.title = "a\nb\r\u{2028}\u{2029}\u{0}\u{1f}\"\\\u{7f}😀"
        #expect(!hit.line.contains(0x0A) && !hit.line.contains(0x0D))
        #expect(
            !String(decoding: hit.line, as: UTF8.self).unicodeScalars.contains {
                $0 == "\u{2028}" || $0 == "\u{2029}"
            })
        #expect(try JSONDecoder().decode(Hit.self, from: Data(hit.line)).title == hit.title)
    }
}

@Suite struct JSONWriterTests {
    @Test("objects, arrays and values are separated as RFC 8259 wants")
    func structure() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", 1)
            json.member(
                "b",
                array: { json in
                    json.array { _ in }
                    json.object { _ in }
                    json.bool(false)
                    json.null()
                    json.string("x")
                    json.number(1.5)
                    json.number(2.0)
                    json.number(Double.infinity)
                })
            json.member("c", ifPresent: "")
            json.member("d", ifPresent: nil)
            json.member("e", Instant?.none)
            json.member("f", ["y", "z"])
            json.key("g")
            json.raw("{\"h\":0}")
            json.member("i", object: { json in json.member("j", true) })
        }
        #expect(
            json.text == #"{"a":1,"b":[[],{},false,null,"x",1.5,2,null],"f":["y","z"],"g":{"h":0},"i":{"j":true}}"#)
    }
}
