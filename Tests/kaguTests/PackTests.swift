// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguConfig
import KaguMatch
import KaguModel
import Testing

/// The watch pack that we ship, against the sentences that it must pass (M60, M61).
@Suite("The shipped watch pack")
struct PackTests {
    /// One line of an example file.
    struct Example: Decodable, CustomTestStringConvertible {
        var id: String
        var kind: String
        var text: String
        var title: String?
        var feed: String?
        var must: [String]?
        var not: [String]?
        var checks: [Check]?
        var why: String

        struct Check: Decodable {
            var when: String
            var result: Bool
        }

        var testDescription: String { "\(id): \(why)" }

        var document: Document {
            Document(title: title ?? "", content: text, feedID: feed ?? "", feedURL: feed ?? "")
        }
    }

    private static let directory = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../config/watches").standardized.path

    private static let matcher = Result {
        try Matcher(ConfigLoader(environment: [:]).loadWatchlist([directory]))
    }

    static let examples: [Example] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/examples")) ?? []
        return files.filter { $0.hasSuffix(".jsonl") }.sorted().flatMap { file in
            let text = (try? String(contentsOfFile: "\(directory)/examples/\(file)", encoding: .utf8)) ?? ""
            return text.split(separator: "\n").compactMap {
                try? JSONDecoder().decode(Example.self, from: Data($0.utf8))
            }
        }
    }()

    @Test("it loads without an error, and has examples")
    func loads() throws {
        let matcher = try Self.matcher.get()
        #expect(matcher.watchlist.watches.count == 23)
        #expect(Self.examples.count >= 300)
        #expect(Set(Self.examples.map(\.id)).count == Self.examples.count, "an id twice")
    }

    @Test("each example finds what it must and nothing that it must not", arguments: examples)
    func example(_ example: Example) throws {
        let matcher = try Self.matcher.get()
        let result = matcher.match(example.document)
        let found = Set(result.entities + result.watches.map(\.id))
        for id in example.must ?? [] { #expect(found.contains(id), "\(id) is not found") }
        for id in example.not ?? [] { #expect(!found.contains(id), "\(id) is found") }
        for check in example.checks ?? [] {
            let source = ExpressionSource(check.when, at: SourceLocation(file: "pack.jsonl"))
            #expect(try matcher.holds(source, in: example.document) == check.result, "\(check.when)")
        }
    }
}
