// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Feed lists")
struct FeedListTests {
    private func feeds(_ name: String) throws -> [Feed] {
        let path = Fixtures.directory + "good/lists/" + name
        let text = try #require(Fixtures.text(path))
        return FeedListReader.parse(Array(text.utf8), file: path).feeds
    }

    @Test("YAML scalars are text whatever they look like (H1)")
    func yaml() throws {
        let feeds = try feeds("feeds.yaml")
        let first = try #require(feeds.first)
        #expect(first.id == "410")
        #expect(first.url == "https://example.org/rss?a=1&b=2")
        #expect(first.title == "On")
        #expect(first.language == "no")
        #expect(first.country == "NO")
        #expect(first.tags == ["caucasus", "on"])
        #expect(first.interval == .seconds(1200))
        #expect(first.headers == [HeaderField(name: "X-Key", value: .text(Secret("word")))])
        #expect(first.isEnabled)
        #expect(
            first.classes == [
                DatedClass(.independent, from: Instant(year: 2009, month: 1, day: 1)),
                DatedClass(.state, from: Instant(year: 2017, month: 5, day: 1)),
            ])
        #expect(feeds.map(\.id) == ["410", "off", "bridge"])
        #expect(feeds[1].isEnabled == false)
        #expect(feeds[1].alertsRecent)
        #expect(feeds[1].classes == [DatedClass(.wire)])
    }

    @Test("Nested outlines become tags, attributes match without case, references are decoded (H2)")
    func opml() throws {
        let feeds = try feeds("other.opml")
        #expect(feeds.map(\.title) == ["NC & co", "Titled", "flat", "again", "AT&T"])
        #expect(feeds[0].id == "nc.example.org-rss-x-1-y-2")
        #expect(feeds[0].url == "https://www.nc.example.org/rss?x=1&y=2")
        #expect(feeds[0].tags == ["Pacific", "New Caledonia"])
        #expect(feeds[1].id == "titled")
        #expect(feeds[1].country == "NC")
        #expect(feeds[1].language == "fr")
        #expect(feeds[1].interval == .seconds(3600))
        #expect(feeds[1].classes.map(\.sourceClass) == [.independent, .state])
        #expect(feeds[1].tags == ["Pacific", "New Caledonia", "kanak", "mines"])
        #expect(feeds[2].tags == ["Pacific"])
        #expect(feeds[3].tags.isEmpty)
        #expect(feeds[4].url == "https://att.example.org/?a=1&b=2")
        #expect(feeds[1].location?.line == 9)
    }

    @Test("What is written as OPML reads back the same, without headers (H2)")
    func roundTrip() throws {
        let feeds = [
            Feed(
                id: "a", url: "https://example.org/?a=1&b=\"2\"", title: "A < B & \"C\"", language: "fr",
                country: "FR",
                classes: [
                    DatedClass(.independent), DatedClass(.state, from: Instant(year: 2017, month: 5, day: 1)),
                ],
                tags: ["x", "y z"], interval: .seconds(5400),
                headers: [HeaderField(name: "Authorization", value: .text(Secret("word")))]),
            Feed(id: "b", url: "https://example.org/b", title: "B", isEnabled: false),
        ]
        let bytes = OPML.write(feeds)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("word"))
        let (read, problems) = OPML.read(bytes, file: "x.opml")
        #expect(problems.isEmpty)
        #expect(read.map(\.id) == ["a", "b"])
        #expect(read[0].url == feeds[0].url)
        #expect(read[0].title == feeds[0].title)
        #expect(read[0].classes == feeds[0].classes)
        #expect(read[0].tags == feeds[0].tags)
        #expect(read[0].interval == feeds[0].interval)
        #expect(read[0].country == "FR")
        #expect(read[0].headers.isEmpty)
        #expect(!read[1].isEnabled)
    }

    @Test(
        "Broken OPML gives what it holds and never traps",
        arguments: [
            "", "<", "<opml", "<opml><outline", "<opml><outline xmlUrl", "<opml><outline xmlUrl=", "<!--",
            "<![CDATA[",
            "<opml><outline xmlUrl='https://a.example.org/", "</outline></outline>",
            "<opml><outline x=\"&#xFFFFFFFF;\"/>",
        ])
    func brokenOPML(_ text: String) {
        _ = OPML.read(Array(text.utf8), file: "x.opml")
    }

    @Test("A text list has one URL a line; equal slugs get distinct, stable ids")
    func text() throws {
        let scratch = ScratchDirectory()
        let path = scratch.write("l.txt", try #require(Fixtures.text(Fixtures.directory + "good/lists/plain.txt")))
        let loader = ConfigLoader(environment: [:])
        let feeds = try loader.load(path: nil, stateDirectory: scratch.path, feedPatterns: [path]).feeds
        #expect(feeds.map(\.url) == ["https://plain.example.org/feed.xml", "https://plain.example.org/FEED.xml"])
        #expect(feeds[0].id == "plain.example.org-feed.xml")
        #expect(feeds[1].id.hasPrefix("plain.example.org-feed.xml-"))
        let ids = feeds.map { FeedIdentifier.isValid($0.id) }
        #expect(ids == [true, true])
        let again = try loader.load(path: nil, stateDirectory: scratch.path, feedPatterns: [path]).feeds
        #expect(again.map(\.id) == feeds.map(\.id))
    }

    @Test("A URL listed twice is one feed with the tags of both (P20)")
    func unitedTags() throws {
        let scratch = ScratchDirectory()
        scratch.write("a.yaml", "feeds: [{id: a, url: \"https://example.org/\", tags: [x, y]}]\n")
        scratch.write("b.yaml", "feeds: [{id: b, url: \"https://example.org/\", tags: [y, z]}]\n")
        let config = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path, feedPatterns: [scratch.path + "*.yaml"])
        #expect(config.feeds.map(\.id) == ["a"])
        #expect(config.feeds.first?.tags == ["x", "y", "z"])
        #expect(config.warnings.count == 1)
    }

    @Test("A derived id gives way to a written one, whichever comes first")
    func writtenIDWins() throws {
        let scratch = ScratchDirectory()
        scratch.write("a.txt", "https://example.org/rss\n")
        scratch.write("b.yaml", "feeds: [{id: example.org-rss, url: \"https://example.org/other\"}]\n")
        let config = try ConfigLoader(environment: [:])
            .load(
                path: nil, stateDirectory: scratch.path,
                feedPatterns: [scratch.path + "a.txt", scratch.path + "b.yaml"])
        #expect(config.feeds.map(\.url) == ["https://example.org/rss", "https://example.org/other"])
        #expect(config.feeds.last?.id == "example.org-rss")
        #expect(config.feeds.first?.id.hasPrefix("example.org-rss-") == true)
    }

    @Test("An empty list is a warning, a byte-order mark is none of its text")
    func emptyAndMark() throws {
        let (feeds, problems) = FeedListReader.parse([], file: "x.yaml")
        #expect(feeds.isEmpty)
        #expect(problems.map(\.description) == ["x.yaml: warning: lists no feed; add one or remove the file"])
        let marked = FeedListReader.parse(
            Array("\u{FEFF}feeds: [{id: a, url: \"https://a.example.org/\"}]".utf8), file: "y.yaml")
        #expect(marked.feeds.map(\.id) == ["a"])
        #expect(marked.problems.isEmpty)
    }

    @Test("A list in another encoding is refused")
    func foreignBytes() {
        let problems = FeedListReader.parse([0x66, 0xE9, 0x0A], file: "x.yaml").problems
        #expect(problems.map(\.description) == ["x.yaml: is not UTF-8; save the file as UTF-8"])
    }

    @Test(
        "Derived ids use host, path and query",
        arguments: [
            ("https://www.lemonde.fr/rss/une.xml", "lemonde.fr-rss-une.xml"),
            ("http://Example.ORG:8080/", "example.org"),
            ("https://example.org/?feed=rss2&lang=az", "example.org-feed-rss2-lang-az"),
            ("https://example.org/новости/", "example.org"),
        ])
    func derivedIDs(_ url: String, _ id: String) {
        #expect(FeedIdentifier.derived(from: url) == id)
    }

    @Test("Five thousand feeds load in well under a second")
    func speed() throws {
        let scratch = ScratchDirectory()
        var text = "feeds:\n"
        for number in 0..<5000 {
            text += "  - id: feed-\(number)\n    url: https://example.org/\(number)\n    title: Feed \(number)\n"
            text += "    language: fr\n    country: FR\n    class: independent\n    tags: [a, b]\n"
        }
        let path = scratch.write("l.yaml", text)
        let clock = ContinuousClock()
        let start = clock.now
        let feeds = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path, feedPatterns: [path]).feeds
        #expect(feeds.count == 5000)
        // Debug builds on a loaded machine; a quadratic step would take minutes.
        #expect(clock.now - start < .seconds(20))
    }
}
