// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Addresses of feeds")
struct AddressTests {
    private func parse(_ text: String) -> (feeds: [Feed], problems: [ConfigProblem]) {
        FeedListReader.parse(Array(text.utf8), file: "l.txt")
    }

    @Test("Lines end as editors end them, whatever the mixture; a place counts lines and scalars from 1")
    func lines() {
        let (feeds, problems) = parse(
            "https://a.org/1\r\n\r\n \u{A0}https://a.org/2 # two\u{2028}https://a.org/3\rhttps://a.org/4\u{85}#no\n"
                + "https://a.org/é\u{2029}\u{B}\u{C}https://a.org/6")
        #expect(problems.isEmpty)
        #expect(
            feeds.map(\.url).map { String($0.dropFirst("https://a.org/".count)) } == ["1", "2", "3", "4", "é", "6"])
        let places = feeds.compactMap(\.location).map(\.description)
        #expect(places == ["l.txt:1:1", "l.txt:3:3", "l.txt:4:1", "l.txt:5:1", "l.txt:7:1", "l.txt:10:1"])
    }

    @Test("Scheme and host count in lower case, user info and brackets apart; the URL stays as written (P4)")
    func parts() throws {
        let url = "HTTPS://u:p@www.Example.ORG:8443/A?b#c"
        let (feeds, problems) = parse(url)
        let feed = try #require(feeds.first)
        #expect(feed.url == url)
        #expect(feed.id == "example.org-a-b-c")
        #expect(feed.isAllowListed(by: [.endpoint(host: "www.example.org", port: 8443)]))
        #expect(problems.map(\.severity) == [.warning])
        #expect(problems.first?.description.contains("u:p") == false)
        let six = try #require(parse("http://[FD00::5%25eth0]:81/").feeds.first)
        #expect(six.isAllowListed(by: [.endpoint(host: "fd00::5%25eth0", port: 81)]))
    }

    @Test(
        "What is no URL with a host is refused",
        arguments: [
            "https://", "https:///x", "https://./", "https://u@/", "https://[::1/", "https://[::1]x/",
            "https://[]/",
            "https://[1.2.3.4]/", "https://a<b/", "https://a\\b/", "https://a|b/", "https://a]b/", "https://a:x/",
            "https://a:65536/", "https://a:+80/", "https://a:100000/", "https://a:80:80/", "https://a:٣/", "//a/",
            "ftp://a/", "https:/a/", "a.org/rss", "https://a.org/\u{7F}", "https://a.org/\u{1}",
            "https://a.org/" + String(repeating: "x", count: 8179),
        ])
    func refused(_ text: String) {
        let (feeds, problems) = parse(text)
        #expect(feeds.isEmpty)
        #expect(problems.map(\.severity) == [.error])
    }

    @Test("A URL of 8 KiB is taken (§5)")
    func longest() {
        #expect(parse("https://a.org/" + String(repeating: "x", count: 8178)).feeds.count == 1)
    }

    @Test("Delimiters are bytes, as libcurl reads them: a combining mark hides none (S3)")
    func combiningMarks() throws {
        let rules = [AddressRule.block(text: "10.0.0.1/32", address: [10, 0, 0, 1], prefixLength: 32)]
        let feed = try #require(parse("https://example.org/\u{301}@10.0.0.1/rss").feeds.first)
        #expect(!feed.isAllowListed(by: rules))
        #expect(try #require(parse("https://example.org@10.0.0.1/rss").feeds.first).isAllowListed(by: rules))
        #expect(parse("https://u@\u{301}.org/").problems.first?.description.contains("u@") == false)
    }

    @Test("Two URLs are one request only byte for byte; host, default port, first slash and fragment apart (P20)")
    func requests() throws {
        let scratch = ScratchDirectory()
        let same = [
            "https://a.org", "HTTPS://A.org:443/#x", "https://a.org/?", "https://a.org?", "https://a.org/?#y",
        ]
        let other = ["https://a.org/é", "https://a.org/e\u{301}", "https://a.org/E", "https://u@a.org/é"]
        let path = scratch.write("l.txt", (same + other).joined(separator: "\n"))
        let config = try ConfigLoader(environment: [:])
            .load(path: nil, stateDirectory: scratch.path, feedPatterns: [path])
        #expect(config.feeds.map(\.url) == [same[0], same[2]] + other)
    }
}
