// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguModel
import Testing

@Suite("feeds.yaml in the state directory")
struct StateFeedListTests {
    private let scratch = ScratchDirectory()

    private func list(_ text: String? = nil) throws -> StateFeedList {
        if let text { scratch.write(StateFeedList.fileName, text) }
        return try StateFeedList.read(inStateDirectory: scratch.path)
    }

    private var written: String { Fixtures.text(scratch.path + StateFeedList.fileName) ?? "" }

    @Test("A missing file is an empty list; what is added is loaded after the other lists (H3)")
    func addsToNothing() throws {
        let added = try list().adding([Feed(id: "", url: "https://www.example.org/rss")], listed: [])
        #expect(added.problems.isEmpty)
        #expect(added.added.map(\.id) == ["example.org-rss"])
        try added.list.write()
        let other = scratch.write("other.yaml", "feeds: [{id: b, url: \"https://b.example.org/\"}]\n")
        let config = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path, feedPatterns: [other])
        #expect(config.feeds.map(\.id) == ["b", "example.org-rss"])
        #expect(config.feeds.last?.location?.line == 3)
    }

    @Test("feeds.yaml is read once, also where a glob names it by another path (H3)")
    func readOnce() throws {
        scratch.write("feeds.yaml", "feeds: [{id: a, url: \"https://a.example.org/\"}]\n")
        let config = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path + ".", feedPatterns: [scratch.path + "*.yaml"])
        #expect(config.feeds.map(\.id) == ["a"])
        #expect(config.warnings.isEmpty)
    }

    static let hostile = [
        "#", "# x", "a #b", "a: b", ": ", "key: [", "\"quoted\"", "'", "it's", "a\nb", "a\r\nb", "\ttab", "NO",
        "no",
        "410", "1e3", "0x1F", "2009-01-01", "~", "null", "true", "- x", "-", "---", "...", "@x", "%YAML", "`x`",
        "*a",
        "&a", "!tag", "{a}", "[a]", "a, b", "? x", "| x", "> x", "👩‍👩‍👧‍👦 🇦🇿", "e\u{301}", "\u{301}x", "א\u{202E}ב",
        "\u{FEFF}x", "x\u{2028}y", "x\u{85}y", "\u{7F}", "\u{1}", "\u{9F}", "\u{FFFF}", "\u{1FFFE}", "\\", "\\n",
        "a,\u{301}b", "&amp;", "<b>", "]]>", "secret:x", String(repeating: "ü", count: 5000),
    ]

    @Test("Titles, tags and addresses of every kind come back as they were (H3)", arguments: hostile)
    func survives(_ text: String) throws {
        let feed = Feed(
            id: "a", url: "https://example.org/\(path(of: text))#'\"{",
            title: text, language: "no", country: "NO",
            classes: [DatedClass(.state), DatedClass(.ngo, from: Instant(year: 2017, month: 5, day: 1))],
            tags: [text, "b"], interval: .seconds(5400),
            headers: [
                HeaderField(name: "X-A", value: .text(Secret("# 'word'"))),
                HeaderField(name: "Authorization", value: .credential("no: one")),
            ], isEnabled: false, alertsRecent: true)
        let next = Feed(id: "410", url: "https://next.example.org/", title: "Next")
        var added = try list().adding([feed], listed: [])
        #expect(added.problems.isEmpty)
        added = added.list.adding([next], listed: [])
        try added.list.write()
        let read = try list().feeds
        #expect(read.map(\.id) == ["a", "410"])
        let first = try #require(read.first)
        #expect(first.url == feed.url)
        #expect(first.title.unicodeScalars.elementsEqual(trimmed(text).unicodeScalars))
        #expect(first.tags == [trimmed(text), "b"])
        #expect((first.language, first.country) == ("no", "NO"))
        #expect(first.classes == feed.classes)
        #expect(first.interval == feed.interval)
        #expect(first.headers == feed.headers)
        #expect(!first.isEnabled)
        #expect(first.alertsRecent)
        let (back, problems) = OPML.read(OPML.write(read), file: "x.opml")
        #expect(problems.isEmpty)
        // XML has no place for controls.
        if text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0xFFFF || $0 == "\n" || $0 == "\r" }) {
            #expect(back.first?.title == trimmed(text))
            #expect(back.first?.tags == [trimmed(text), "b"])
        }
    }

    /// What of a text may stand in an address.
    private func path(of text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F }.prefix(999))
        )
    }

    private func trimmed(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }

    @Test("What is not changed keeps its writing, comments included (H3)")
    func keepsTheRest() throws {
        let text = """
            # mine
            feeds:
              # the first
              - {id: a, url: "https://a.example.org/"}   # a

              # the second
              -
                id: b
                url: >-
                  https://b.example.org/
                # of b
              # the third
              - url: https://c.example.org/
                id: c
            # the end

            """
        let start = try list(text)
        #expect(start.feeds.map(\.id) == ["a", "b", "c"])
        try start.removing(["b"], listed: []).write()
        #expect(
            written == """
                # mine
                feeds:
                  # the first
                  - {id: a, url: "https://a.example.org/"}   # a

                  # the second
                    # of b
                  # the third
                  - url: https://c.example.org/
                    id: c
                # the end

                """)
        let added = try list().adding([Feed(id: "d", url: "https://d.example.org/")], listed: [])
        try added.list.write()
        #expect(written.hasSuffix("# the end\n  - id: d\n    url: \"https://d.example.org/\"\n"))
        #expect(written.hasPrefix("# mine\nfeeds:\n  # the first\n"))
    }

    @Test(
        "Lists in other styles can be edited too (H3)",
        arguments: [
            "feeds: [{id: a, url: \"https://a.example.org/\"}, {id: b, url: \"https://b.example.org/\"}]\n",
            "feeds:\n- id: a\n  url: https://a.example.org/\n- id: b\n  url: https://b.example.org/",
            "feeds:\r\n  - id: a\r\n    url: https://a.example.org/\r\n  - id: b\r\n    url: https://b.example.org/\r\n",
            "\u{FEFF}feeds:\n  - id: a\n    url: https://a.example.org/\n  - id: b\n    url: https://b.example.org/\n...\n",
            "---\n\"feeds\":\n  - id: a\n    url: https://a.example.org/\n  - id: b\n    url: https://b.example.org/\n",
        ])
    func styles(_ text: String) throws {
        let added = try list(text).adding([Feed(id: "c", url: "https://c.example.org/")], listed: [])
        #expect(added.problems.isEmpty)
        try added.list.write()
        #expect(try list().feeds.map(\.id) == ["a", "b", "c"])
        try list().removing(["a", "c"], listed: []).write()
        #expect(try list().feeds.map(\.id) == ["b"])
        try list().removing(["b"], listed: []).write()
        #expect(try list().feeds.isEmpty)
        try list().adding([Feed(id: "d", url: "https://d.example.org/")], listed: []).list.write()
        #expect(try list().feeds.map(\.id) == ["d"])
    }

    @Test("Removing a feed of another list names its file and line, an unknown id the nearest (H3)")
    func refusesToRemove() throws {
        let start = try list("feeds:\n  - id: own\n    url: https://own.example.org/\n")
        let other = Feed(
            id: "theirs", url: "https://t.example.org/",
            location: SourceLocation(file: "/etc/kagu/feeds/a.yaml", line: 7, column: 5))
        #expect {
            _ = try start.removing(["own", "theirs", "owm"], listed: [other])
        } throws: { error in
            "\(error)" == """
                no feed has the id "owm"; did you mean "own"?
                /etc/kagu/feeds/a.yaml:7:5: the feed "theirs" stands in this list, not in feeds.yaml of the state \
                directory; remove it here (line 7) and reload kagu
                """
        }
    }

    @Test("An address that is listed already is not added again, whatever list has it (P20, H3)")
    func listedAlready() throws {
        let listed = Feed(
            id: "a", url: "https://example.org/rss", location: SourceLocation(file: "a.opml", line: 3, column: 5))
        let added = try list().adding(
            [Feed(id: "", url: "HTTPS://Example.ORG:443/rss#top", title: "T")], listed: [listed])
        #expect(added.added.isEmpty)
        #expect(added.alreadyListed == [listed])
        #expect(
            added.problems.map(\.description) == [
                "warning: \"T\": is listed already as \"a\" at a.opml:3:5; nothing was added"
            ])
    }

    @Test("Ids of added feeds are made of host and path, unique and stable; a taken written id is refused (H1, H3)")
    func identifiers() throws {
        let feeds = ["https://example.org/a/b", "https://example.org/a?b", "https://example.org/a-b"].map {
            Feed(id: "", url: $0)
        }
        let first = try list().adding(feeds, listed: [])
        #expect(first.added.count == 3)
        #expect(first.added[0].id == "example.org-a-b")
        #expect(Set(first.added.map(\.id)).count == 3)
        let isValid = first.added.allSatisfy { FeedIdentifier.isValid($0.id) }
        #expect(isValid)
        #expect(try list().adding(feeds, listed: []).added.map(\.id) == first.added.map(\.id))
        let taken = first.list.adding([Feed(id: "example.org-a-b", url: "https://other.example.org/")], listed: [])
        #expect(taken.added.isEmpty)
        #expect(taken.problems.map(\.severity) == [.error])
        let twice = try list().adding(
            [
                Feed(id: "x", url: "https://example.org/x", tags: ["a"]),
                Feed(id: "y", url: "https://example.org/x", tags: ["b"]),
            ], listed: [])
        #expect(twice.added.map(\.tags) == [["a", "b"]])
    }

    @Test(
        "What is no address, or would not read back, is refused; the rest is added",
        arguments: ["ftp://x/", "x", ""])
    func refused(_ url: String) throws {
        let added = try list().adding(
            [Feed(id: "bad", url: url), Feed(id: "good", url: "https://good.example.org/")], listed: [])
        #expect(added.added.map(\.id) == ["good"])
        #expect(added.problems.count == 1)
        let odd = try list().adding([Feed(id: "z", url: "https://z.example.org/", country: "??")], listed: [])
        #expect(odd.added.isEmpty)
        #expect(odd.problems.contains { $0.severity == .error })
    }

    @Test("A file with errors is not touched, and every error is told (H3)")
    func brokenFile() throws {
        scratch.write(StateFeedList.fileName, "feeds:\n  - id: A\n    url: x\n")
        #expect {
            _ = try StateFeedList.read(inStateDirectory: scratch.path)
        } throws: { error in
            (error as? ConfigFailure)?.problems.count == 2
        }
    }

    @Test("The file has mode 0640, a left-over temporary file does not matter, a link stays a link (O33)")
    func written640() throws {
        scratch.write("elsewhere/list.yaml", "feeds: []\n")
        symlink(scratch.path + "elsewhere/list.yaml", scratch.path + "feeds.yaml")
        scratch.write("elsewhere/list.yaml.new", "torn")
        let before = umask(0o077)
        defer { umask(before) }
        try list().adding([Feed(id: "a", url: "https://a.example.org/")], listed: []).list.write()
        var status = stat()
        #expect(lstat(scratch.path + "feeds.yaml", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        #expect(stat(scratch.path + "feeds.yaml", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
        #expect(access(scratch.path + "elsewhere/list.yaml.new", F_OK) != 0)
        #expect(try list().feeds.map(\.id) == ["a"])
    }

    @Test("A directory that cannot be written is told with the reason")
    func unwritable() throws {
        let list = try StateFeedList.read(inStateDirectory: scratch.path + "missing")
        let added = list.adding([Feed(id: "a", url: "https://a.example.org/")], listed: [])
        #expect {
            try added.list.write()
        } throws: { error in
            "\(error)".hasSuffix("no such file or directory; check the directory and its permissions")
        }
    }
}
