// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@Suite struct ValueTests {
    @Test("a feed's class is the last one whose day has come, else the undated or first one (H1)")
    func sourceClass() throws {
        let day = { (text: String) in try #require(Instant(rfc3339: text)) }
        let feed = Feed(
            id: "a", url: "https://example.org/rss",
            classes: [
                DatedClass(.state, from: try day("2017-05-01")),
                DatedClass(.independent, from: try day("2009-01-01")),
            ])
        #expect(feed.sourceClass(at: try day("2016-12-31")) == .independent)
        #expect(feed.sourceClass(at: try day("2017-05-01")) == .state)
        #expect(feed.sourceClass(at: try day("2000-01-01")) == .independent)
        #expect(Feed(id: "a", url: "u").sourceClass(at: try day("2020-01-01")) == .unknown)
        #expect(
            Feed(id: "a", url: "u", classes: [DatedClass(.wire)]).sourceClass(at: try day("1990-01-01")) == .wire)
    }

    @Test("feeds are equal when a list says the same of them in every respect (H1)")
    func equalFeeds() {
        let plain = Feed(id: "a", url: "u")
        #expect(plain.language.isEmpty && plain.country.isEmpty && plain.tags.isEmpty && plain.classes.isEmpty)
        #expect(plain.interval == nil && plain.headers.isEmpty)
        let secret = HeaderField(name: "X-Key", value: .text(Secret("word")))
        func make() -> [Feed] {
            [
                plain, Feed(id: "b", url: "u"), Feed(id: "a", url: "v"), Feed(id: "a", url: "u", title: "t"),
                Feed(id: "a", url: "u", language: "fr"), Feed(id: "a", url: "u", country: "FR"),
                Feed(id: "a", url: "u", classes: [DatedClass(.wire)]), Feed(id: "a", url: "u", tags: ["x"]),
                Feed(id: "a", url: "u", interval: .seconds(60)), Feed(id: "a", url: "u", headers: [secret]),
                Feed(id: "a", url: "u", isEnabled: false), Feed(id: "a", url: "u", alertsRecent: true),
                Feed(id: "a", url: "u", location: KaguModel.SourceLocation(file: "f", line: 3, column: 1)),
            ]
        }
        #expect(make() == make())
        #expect(Set(make() + make()).count == make().count)
    }

    @Test("ten thousand idle feeds cost little: a feed is at most 96 bytes, its place 24 (B14)")
    func sizes() {
        #expect(MemoryLayout<Feed>.stride <= 96)
        #expect(MemoryLayout<KaguModel.SourceLocation?>.stride <= 24)
    }

    @Test("a feed is healthy when its last poll was accepted and news come (H4)")
    func states() {
        #expect(FeedState.allCases.filter(\.isHealthy) == [.new, .ok, .moved])
        #expect(FeedState.allCases.map(\.rawValue).count == 10)
    }

    @Test("severities are ordered, the least first (M5)")
    func severity() {
        #expect(Severity.allCases == [.low, .medium, .high, .critical])
        #expect(Severity.allCases.sorted() == Severity.allCases && Severity.high < .critical)
    }

    @Test("a secret prints as <secret> in every form (house rule 13)")
    func secret() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump([secret], to: &dumped)
        for text in [
            "\(secret)", String(reflecting: secret), String(describing: [secret]), dumped,
            "\(HeaderValue.text(secret))",
        ] {
            #expect(text.contains("<secret>") && !text.contains("hunter2"))
        }
        #expect(secret.revealed == "hunter2")
    }

    @Test("byte counts print in the largest unit that is exact")
    func byteCount() {
        #expect(ByteCount.mebibytes(64).description == "64MiB" && ByteCount(bytes: 1000).description == "1000B")
        #expect(ByteCount(bytes: 0).description == "0B" && ByteCount.kibibytes(1536).description == "1536KiB")
        #expect(ByteCount(bytes: 1 << 40).description == "1TiB" && ByteCount.kibibytes(1) < .mebibytes(1))
    }

    @Test("the nearest word within two edits is suggested, a swap counting one (R2)")
    func suggestion() {
        let words = ["receiver", "route", "routes", "group_by", "tz"]
        #expect(Suggestion.nearest(to: "reciever", among: words) == "receiver")
        #expect(Suggestion.nearest(to: "rout", among: words) == "route")
        #expect(Suggestion.nearest(to: "GroupBy", among: words) == "group_by")
        #expect(Suggestion.nearest(to: "timezone", among: words) == nil)
        #expect(Suggestion.nearest(to: "ab", among: words) == nil)
        #expect(Suggestion.nearest(to: "x", among: ["a"]) == nil)
        #expect(Suggestion.clause(for: "rout", among: words) == "; did you mean \"route\"?")
        #expect(Suggestion.clause(for: "zzzzzz", among: words) == "")
    }

    @Test("a problem is file, line, column, message and the line with a caret (house rule 12)")
    func problem() {
        let place = SourceLocation(file: "config/kagu.yaml", line: 14, column: 12)
        let excerpt = ConfigProblem.excerpt(line: "  timeout: \"10\"", column: 12)
        #expect(excerpt == "      timeout: \"10\"\n               ^")
        let problem = ConfigProblem("\"10\" has no unit", at: place, excerpt: excerpt)
        #expect(problem.description == "config/kagu.yaml:14:12: \"10\" has no unit\n\(excerpt)")
        #expect(
            ConfigProblem("odd", at: place, severity: .warning).description
                == "config/kagu.yaml:14:12: warning: odd")
        #expect(ConfigProblem("x").description == "x")
        let long = ConfigProblem.excerpt(line: String(repeating: "a", count: 500), column: 300)
        #expect(long.split(separator: "\n").allSatisfy { $0.count <= 104 } && long.hasSuffix("^"))
    }

    @Test("places print what is known and are ordered by file, line, column")
    func location() {
        #expect(SourceLocation(file: "f").description == "f")
        #expect(SourceLocation(file: "f", line: 3).description == "f:3")
        #expect(SourceLocation(file: "f", line: 3, column: 4).description == "f:3:4")
        #expect(SourceLocation(file: "f", line: 3, column: 4) < SourceLocation(file: "f", line: 4, column: 1))
        #expect(SourceLocation(file: "f", line: 9) < SourceLocation(file: "g", line: 1))
    }

    @Test("a matcher prints in Alertmanager's notation (R2)")
    func matcher() {
        let matcher = LabelMatcher(label: .severity, operation: .matches, value: "high|critical")
        #expect(matcher.description == "severity=~\"high|critical\"")
    }

    @Test("watch files are joined in order")
    func watchlist() {
        let place = SourceLocation(file: "w.yaml")
        var list = Watchlist(watches: [
            Watch(id: "a", title: "A", when: ExpressionSource("x", at: place), location: place)
        ])
        list.append(
            Watchlist(watches: [Watch(id: "b", title: "B", when: ExpressionSource("y", at: place), location: place)]
            ))
        #expect(list.watches.map(\.id) == ["a", "b"])
    }
}
