// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Matchers, durations and addresses")
struct MatcherAndValueTests {
    @Test(
        "label op \"value\" with white space anywhere between (R2)",
        arguments: [
            ("severity=\"high\"", "severity=\"high\""), (" watch != \"a b\" ", "watch!=\"a b\""),
            ("feed=~\"lemonde-.*\"", "feed=~\"lemonde-.*\""), ("lang!~\"fr|en\"", "lang!~\"fr|en\""),
            ("watch=\"\"", "watch=\"\""), ("watch=~\"\\d+\\.x\"", "watch=~\"\\d+\\.x\""),
        ])
    func matchers(_ text: String, _ expected: String) throws {
        #expect(try LabelMatcherParser.parse(text).description == expected)
    }

    @Test("Escapes in quotes are those of Alertmanager (R2)")
    func escapes() throws {
        #expect(try LabelMatcherParser.parse(#"watch="a\"b\\c\nd\e""#).value == "a\"b\\c\nd\\e")
    }

    @Test("Quotes are optional where the caller says so (C7)")
    func bare() throws {
        #expect(
            try LabelMatcherParser.parse("severity=~high|critical", quotesOptional: true).value == "high|critical")
        #expect(try LabelMatcherParser.parse("watch=", quotesOptional: true).value == "")
        #expect(throws: LabelMatcherParser.Mistake.malformed("watch=gib")) {
            try LabelMatcherParser.parse("watch=gib")
        }
    }

    @Test(
        "What is no matcher is refused with its reason (R2)",
        arguments: [
            ("", LabelMatcherParser.Mistake.malformed("")), ("watch", .malformed("watch")),
            ("=\"a\"", .malformed("=\"a\"")), ("watch=\"a", .malformed("watch=\"a")),
            ("watch=\"a\" x", .malformed("watch=\"a\" x")), ("watch==\"a\"", .malformed("watch==\"a\"")),
            ("color=\"a\"", .unknownLabel("color")), ("watch=~\"(\"", .noExpression("(")),
            ("type=\"hits\"", .unknownValue("hits", allowed: ["hit", "feed"])),
        ])
    func refused(_ text: String, _ mistake: LabelMatcherParser.Mistake) {
        #expect(throws: mistake) { try LabelMatcherParser.parse(text) }
    }

    @Test(
        "Durations carry units, alone or combined",
        arguments: [
            ("10s", 10_000), ("250ms", 250), ("1h30m", 5_400_000), ("7d", 604_800_000), ("1d2h3m4s5ms", 93_784_005),
            ("0s", 0),
        ])
    func durations(_ text: String, _ milliseconds: Int) throws {
        let duration = try DurationText.parse(text)
        #expect(duration == .milliseconds(milliseconds))
        #expect(DurationText.format(duration) == text)
    }

    @Test(
        "What is no duration is refused",
        arguments: [
            ("10", DurationText.Mistake.missingUnit), ("1h30", .missingUnit), ("10x", .unknownUnit("x")),
            ("5M", .unknownUnit("M")), ("", .malformed), ("s", .malformed), ("-5s", .malformed),
            ("1.5h", .malformed),
            ("30m1h", .malformed), ("1h1h", .malformed), ("99999999999999d", .malformed), ("1 h", .malformed),
        ])
    func noDurations(_ text: String, _ mistake: DurationText.Mistake) {
        #expect(throws: mistake) { try DurationText.parse(text) }
    }

    @Test("An address rule covers literal addresses of its block, and its own endpoint only (S3)")
    func coverage() throws {
        let config = try load(
            "feeds: []\nhttp: {allow_private: [192.168.0.0/16, \"[fd00::5]:80\", \"Bridge:3000\", 127.0.0.1/32]}\n"
        ).get()
        let rules = config.http.allowPrivate
        func covered(_ host: String, _ port: Int) -> Bool { rules.contains { $0.covers(host: host, port: port) } }
        #expect(covered("192.168.255.1", 8080))
        #expect(!covered("192.169.0.1", 80))
        #expect(covered("fd00::5", 80))
        #expect(!covered("fd00::5", 81))
        #expect(covered("bridge", 3000))
        #expect(!covered("bridge", 3001))
        #expect(covered("127.0.0.1", 1))
        #expect(!covered("127.0.0.2", 1))
        #expect(!covered("example.org", 80))
        #expect(rules.map(\.text) == ["192.168.0.0/16", "[fd00::5]:80", "bridge:3000", "127.0.0.1/32"])
    }
}
