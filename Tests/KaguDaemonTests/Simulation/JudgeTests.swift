// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@Suite("The judge of the simulation")
struct JudgeTests {
    private static let accept =
        "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.1"
    private static let a = "https://a.example/feed"
    private static let b = "https://b.example/feed"
    private static let moved = "https://new.example/feed"

    /// One request of a doctored record: when, what it carries, and what it got.
    private struct Asked {
        var at: Int64
        var url = JudgeTests.a
        var tag: String?
        var answer: Answer
        var seconds: Int64 = 1
        var extra: [(name: String, value: [UInt8])] = []
        var method = "GET"
    }

    private static func document(_ tag: String?, items: [String] = ["1"]) -> Answer {
        var answer = Answer(200)
        if let tag { answer.headers = [("ETag", Array(tag.utf8))] }
        answer.document = SimulatedDocument(items: items)
        return answer
    }

    private static func record(_ asked: [Asked], headers: [(name: String, value: String)] = []) -> SimulationRecord
    {
        let exchanges = asked.map { asked in
            var headers: [(name: String, value: [UInt8])] = [("Accept", Array(accept.utf8))] + asked.extra
            if let tag = asked.tag { headers.append(("If-None-Match", Array(tag.utf8))) }
            return Exchange(
                start: .seconds(asked.at), wall: Instant(seconds: 1_795_338_000 + asked.at), url: asked.url,
                method: asked.method, headers: headers, end: .seconds(asked.at + asked.seconds),
                answer: asked.answer)
        }
        var stored: [String: Int] = [:]
        for exchange in exchanges where exchange.url != b {
            for item in exchange.answer?.document?.items ?? [] { stored["a/\(item)"] = 1 }
        }
        for exchange in exchanges where exchange.url == b {
            for item in exchange.answer?.document?.items ?? [] { stored["b/\(item)"] = 1 }
        }
        return SimulationRecord(
            feeds: [JudgedFeed(id: "a", url: a, headers: headers), JudgedFeed(id: "b", url: b)],
            owners: [a: "a", moved: "a", b: "b"], exchanges: exchanges, stored: stored,
            end: .seconds((asked.last?.at ?? 0) + 2))
    }

    private func rules(_ record: SimulationRecord) -> Set<String> {
        Set(Judge(settings: .init(hostGroups: [])).judge(record).violations.map(\.rule))
    }

    private static let first = Asked(at: 0, answer: document("x"))

    @Test("a record without fault is not blamed")
    func clean() {
        let record = Self.record([
            Self.first, Asked(at: 4200, tag: "x", answer: Answer(304)),
            Asked(at: 9000, tag: "x", answer: Answer(304)),
        ])
        #expect(rules(record).isEmpty)
    }

    @Test(
        "each rule that is broken is named",
        arguments: [
            "P3", "P4", "P6", "P7", "P9", "P12", "P14", "P17", "P18", "P20", "P21", "P24", "P25", "P27", "gone",
            "hold",
            "stranded", "blocked", "twice",
        ])
    func doctored(fault: String) {
        let rule =
            [
                "gone": "P18", "hold": "P21", "stranded": "P18", "blocked": "P18", "twice": "P12", "P9": "P7",
            ][fault] ?? fault
        #expect(rules(Self.doctored(fault)).contains(rule), "\(fault)")
    }

    private static func doctored(_ fault: String) -> SimulationRecord {
        let second = Asked(at: 4200, tag: "x", answer: Answer(304))
        var cached = document("x")
        cached.headers.append(("Cache-Control", Array("max-age=20000".utf8)))
        switch fault {
        case "P3": return record([first, Asked(at: 4200, tag: "x", answer: Answer(304), method: "HEAD")])
        case "P4":
            return record([first, Asked(at: 4200, tag: "x", answer: Answer(304), extra: [("Cookie", [0x61])])])
        case "P6": return record([Asked(at: 0, tag: "made-up", answer: document("x"))])
        case "P7": return record([first, Asked(at: 4200, tag: "X", answer: document("x"))])
        case "P9":
            // A failure must not take the pair away.
            return record([
                first, Asked(at: 4200, tag: "x", answer: Answer(500)), Asked(at: 20_000, answer: document("x")),
            ])
        case "P12":
            var record = record([first])
            record.stored = [:]
            return record
        case "twice":
            var record = record([first])
            record.stored["a/1"] = 2
            return record
        case "P14": return record([first, Asked(at: 600, tag: "x", answer: Answer(304))])
        case "P17": return record([Asked(at: 0, answer: cached), Asked(at: 4200, tag: "x", answer: Answer(304))])
        case "P18":
            return record([
                first, Asked(at: 4200, tag: "x", answer: Answer(500)),
                Asked(at: 8200, tag: "x", answer: Answer(304)),
            ])
        case "blocked":
            return record([
                first, Asked(at: 4200, tag: "x", answer: Answer(403)),
                Asked(at: 12_500, tag: "x", answer: Answer(304)),
            ])
        case "P20":
            var record = record([first, Asked(at: 60, answer: document("x"))])
            record.exchanges[0].answer = nil
            record.happenings = [.died(.seconds(10)), .began(.seconds(20))]
            return record
        case "P21":
            let answer = Answer(503, ["Retry-After": "50000"])
            return record([
                first, Asked(at: 4200, tag: "x", answer: answer), Asked(at: 40_000, tag: "x", answer: Answer(304)),
            ])
        case "hold":
            var record = record([
                first, Asked(at: 4200, tag: "x", answer: Answer(429)),
                Asked(at: 4300, url: b, answer: document(nil)),
            ])
            record.owners["https://a.example/b"] = "b"
            record.exchanges[2].url = "https://a.example/b"
            record.feeds[1].url = "https://a.example/b"
            return record
        case "P24": return record([first, Asked(at: 4200, url: moved, answer: document("x"))])
        case "P25":
            var second = Asked(at: 4201, url: moved, answer: document("x"), extra: [("Token", [0x31])])
            second.seconds = 1
            return record(
                [
                    Asked(at: 4199, answer: Answer(301, to: moved), extra: [("Token", [0x31])]), second,
                ], headers: [("Token", "1")])
        case "P27":
            return record([
                Asked(at: 0, answer: document("x"), seconds: 9), Asked(at: 5, url: a, answer: document("x")),
            ])
        case "gone":
            return record([Asked(at: 0, answer: Answer(410)), Asked(at: 100_000, answer: document("x"))])
        case "stranded": return record([first, Asked(at: 40_000, tag: "x", answer: Answer(304))])
        default: return record([first, second])
        }
    }
}
