// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguFeed
import KaguModel
import Testing

/// Every fixture's `kagu parse` output stands beside it as `NAME.golden`; `KAGU_RECORD=1` writes them anew and fails.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".xml") || $0.hasSuffix(".json") }.sorted()

    @Test("each format reads as its golden file says (F1–F3, F5–F11, §2.2)", arguments: names)
    func golden(name: String) throws {
        let input = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
        let feed = try FeedParser.parse(input)
        let output =
            String(decoding: feed.json(), as: UTF8.self)
            .replacing("},{", with: "},\n{").replacing("\"items\":[", with: "\n\"items\":[\n") + "\n"
        let golden = Self.folder.appending(path: name + ".golden")
        if ProcessInfo.processInfo.environment["KAGU_RECORD"] == "1" {
            try Data(output.utf8).write(to: golden)
            Issue.record("recorded \(name)")
            return
        }
        let expected = try String(contentsOf: golden, encoding: .utf8)
        #expect(output == expected)
    }

    @Test("there is a fixture for every format (F3)")
    func everyFormat() throws {
        var seen: Set<FeedFormat> = []
        for name in Self.names {
            let input = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            seen.insert(try FeedParser.parse(input).format)
        }
        #expect(seen == Set(FeedFormat.allCases))
    }

    @Test("well-formed documents have no problems but unreadable dates (F9)")
    func noProblems() throws {
        for name in Self.names where name != "damaged.xml" {
            let input = [UInt8](try Data(contentsOf: Self.folder.appending(path: name)))
            let problems = try FeedParser.parse(input).problems.filter { !$0.message.hasPrefix("a date") }
            #expect(problems == [], "\(name)")
        }
    }
}

/// A document in an RSS channel.
func rss(_ items: String, head: String = "") -> [UInt8] {
    Array("<rss version=\"2.0\"><channel>\(head)\(items)</channel></rss>".utf8)
}

/// The only item of an RSS document with this inside.
func item(_ inside: String) throws -> Item {
    try #require(try FeedParser.parse(rss("<item>\(inside)</item>")).items.first)
}
