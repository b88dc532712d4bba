// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("The feeds of all lists")
struct FeedUnionTests {
    private let scratch = ScratchDirectory()

    private func load(_ lists: String...) -> Result<Config, ConfigFailure> {
        Result { () throws(ConfigFailure) in
            try ConfigLoader(environment: [:])
                .load(path: nil, stateDirectory: scratch.path + "state", feedPatterns: lists)
        }
    }

    @Test("Every mistake of every list is told at once, each with its place (H1)")
    func fiftyMistakes() throws {
        var text = "feeds:\n"
        for number in 0..<10 {
            text += """
                  - id: "Bad \(number)"
                    url: gopher://example.org
                    country: Norway
                    class: [{is: stat, from: 2017}]
                    intervall: 5m
                    interval: "5"

                """
        }
        let path = scratch.write("many.yaml", text)
        let other = scratch.write("other.txt", "example.org\n")
        guard case .failure(let failure) = load(path, other) else {
            Issue.record("nothing was wrong")
            return
        }
        #expect(failure.problems.count == 71)
        let haveAllPlaces = failure.problems.allSatisfy {
            ($0.location?.line ?? 0) > 0 && ($0.location?.column ?? 0) > 0
        }
        #expect(haveAllPlaces)
        #expect(Set(failure.problems.compactMap(\.location)).count == 71)
    }

    @Test("A duplicate id names both places, over all lists (H1)")
    func duplicateID() throws {
        let first = scratch.write("a.yaml", "feeds: [{id: x, url: \"https://a.example.org/\"}]\n")
        let second = scratch.write(
            "b.opml", "<opml>\n <outline text='B' kagu:id='x' xmlUrl='https://b.example.org/'/></opml>")
        let messages = load(first, second)
        guard case .failure(let failure) = messages else {
            Issue.record("nothing was wrong")
            return
        }
        #expect(failure.problems.map(\.location?.file) == [second])
        #expect(failure.problems.first?.message.contains("taken by the feed at \(first):1:9") == true)
    }

    @Test(
        "Addresses that lead to the same request are one feed; the tags unite, both places are told (P20)",
        arguments: [
            ("https://example.org/rss", "https://example.org/rss#top"),
            ("https://example.org/rss", "HTTPS://EXAMPLE.org:443/rss"),
            ("http://example.org", "http://example.org:80/"),
            ("https://example.org?a", "https://example.org/?a#b"),
        ])
    func sameRequest(_ left: String, _ right: String) throws {
        let first = scratch.write("a.yaml", "feeds: [{id: a, url: \"\(left)\", tags: [x]}]\n")
        let second = scratch.write(
            "b.opml", "<opml><outline text='y'><outline xmlUrl='\(right)'/></outline></opml>")
        let config = try load(first, second).get()
        #expect(config.feeds.map(\.url) == [left])
        #expect(config.feeds.first?.tags == ["x", "y"])
        #expect(
            config.warnings.map(\.description.firstLine) == [
                "\(second):1:25: warning: outline \"\": xmlUrl: the address is also listed as \"a\" at "
                    + "\(first):1:9; polled once, with the tags of both"
            ])
    }

    @Test(
        "Addresses that lead to different requests are different feeds (P4, P20)",
        arguments: [
            ("http://example.org/", "https://example.org/"), ("https://example.org/a", "https://example.org/a/"),
            ("https://example.org/a", "https://example.org/A"), ("https://example.org/", "https://example.org/?"),
            ("https://example.org/%7Ea", "https://example.org/~a"),
            ("https://example.org/", "https://u@example.org/"),
            ("https://example.org:8443/", "https://example.org/"),
            ("https://www.example.org/", "https://example.org/"),
        ])
    func otherRequest(_ left: String, _ right: String) throws {
        let path = scratch.write("a.yaml", "feeds: [{id: a, url: \"\(left)\"}, {id: b, url: \"\(right)\"}]\n")
        #expect(try load(path).get().feeds.map(\.id) == ["a", "b"])
    }

    @Test(
        "What is no usable address says why (H1)",
        arguments: [
            ("ftp://example.org/", "begins with http"), ("//example.org/", "begins with http"),
            ("example.org", "begins with http"), ("mailto:a@example.org", "begins with http"),
            ("http://", "no usable host"), ("https://:80/", "no usable host"),
            ("https://user@/x", "no usable host"),
            ("https://example.org:99999/", "no usable host"), ("https://example.org:+80/", "no usable host"),
            ("https://[::1/", "no usable host"), ("https://[x]/", "no usable host"),
            ("https://ex\\\\ample/", "no usable"),
            ("https://exa<mple/", "no usable host"), ("https://./", "no usable host"),
            ("https://exa mple.org/", "space or control"), ("https://example.org/a b", "space or control"),
            ("https://example.org/a\\tb", "space or control"),
            ("https://example.org/a\\u007fb", "space or control"),
            ("https://example.org/" + String(repeating: "a", count: 8192), "longer than 8 KiB"),
        ])
    func addresses(_ url: String, _ reason: String) throws {
        let text = "feeds:\n  - {id: a, url: \"\(url)\"}\n"
        let problems = FeedListReader.parse(Array(text.utf8), file: "x.yaml").problems
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains(reason) == true)
        #expect(problems.first?.location == SourceLocation(file: "x.yaml", line: 2, column: 18))
    }

    @Test(
        "Usable addresses are taken as they are written (P4)",
        arguments: [
            "http://[fd00::5]:3000/x", "https://user:pass@example.org/", "https://пример.рф/новости",
            "HTTP://EXAMPLE.org",
            "https://example.org/?q={a}|b", "https://xn--e1afmkfd.xn--p1ai/", "http://rss-bridge:3000/?a=b%20c#d",
            "https://example.org/" + String(repeating: "a", count: 8172),
        ])
    func goodAddresses(_ url: String) {
        let (feeds, problems) = FeedListReader.parse(
            Array("feeds:\n  - {id: a, url: \"\(url)\"}\n".utf8), file: "x.yaml")
        #expect(feeds.map(\.url) == [url])
        #expect(!problems.contains { $0.severity == .error })
    }

    @Test(
        "Intervals: 1m to 7d, warned of below 15m, from 1s for allow-listed addresses only (P14)",
        arguments: [
            ("20m", "https://example.org/", 0, 0), ("14m", "https://example.org/", 0, 1),
            ("59s", "https://example.org/", 1, 0), ("7d", "https://example.org/", 0, 0),
            ("7d1s", "https://example.org/", 1, 0), ("1s", "http://bridge:3000/x", 0, 0),
            ("1s", "http://bridge:3001/x", 1, 0), ("1s", "http://192.168.1.20:8080/", 0, 0),
            ("1s", "http://192.168.1.21/", 1, 0), ("999ms", "http://bridge:3000/x", 1, 0),
        ])
    func intervals(_ interval: String, _ url: String, _ errors: Int, _ warnings: Int) throws {
        scratch.write("lists/a.yaml", "feeds: [{id: a, url: \"\(url)\", interval: \(interval)}]\n")
        let path = scratch.write(
            "kagu.yaml",
            """
            feeds: [lists/*.yaml]
            watches: []
            http: {allow_private: ["192.168.1.20/32", "bridge:3000"]}
            """)
        let result = Result { () throws(ConfigFailure) in
            try ConfigLoader(environment: [:])
                .load(path: path, stateDirectory: scratch.path + "state", feedPatterns: [])
        }
        switch result {
        case .success(let config):
            #expect(errors == 0)
            #expect(config.warnings.count == warnings)
        case .failure(let failure):
            #expect(failure.problems.count { $0.severity == .error } == errors)
        }
    }

    @Test(
        "Host groups are names below a domain, or names (P22)",
        arguments: [
            ("*.tumblr.com", true), ("Feeds.Example.org", true), ("*.co.uk", true), ("*", false), ("*.com", false),
            ("tumblr", false), ("a..b", false), ("*.*.com", false), ("https://x.org", false), (".x.org", false),
            ("x.org.", false), ("x.org:80", false), ("x.org/a", false), ("*tumblr.com", false),
        ])
    func hostGroups(_ pattern: String, _ isGood: Bool) {
        let result = KaguConfigTests.load("feeds: []\nwatches: []\npoll: {host_groups: [\"\(pattern)\"]}\n")
        if isGood {
            #expect((try? result.get().poll.hostGroups) == [pattern.lowercased()])
        } else {
            #expect(result.messages.count == 1)
        }
    }

    @Test(
        "YAML that would eat stack, memory or time is refused (M56)",
        arguments: [
            String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
            String(repeating: "{a: ", count: 20_000), "a: &a [\(bomb)",
        ])
    func hostileYAML(_ text: String) {
        let problems = FeedListReader.parse(Array(text.utf8), file: "x.yaml").problems
        #expect(problems.contains { $0.severity == .error })
    }

    /// Ten aliases of ten aliases of … ten texts: 10^9 nodes.
    private static let bomb =
        "x, x, x, x, x, x, x, x, x, x]\n"
        + (1..<9).map { level in
            let last = level == 1 ? "a" : "b\(level - 1)"
            return "k\(level): &b\(level) [\((0..<10).map { _ in "*\(last)" }.joined(separator: ", "))]\n"
        }.joined() + "feeds: *b8\n"
}

extension String {
    fileprivate var firstLine: Substring { split(separator: "\n").first ?? "" }
}
