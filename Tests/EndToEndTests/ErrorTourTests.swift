// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguTestSupport
import Testing

/// What `kagu` says to somebody who has mistyped something: one line on standard error that names it, nothing on
/// standard output, exit status 2 (O20, O21).
@Suite("A tour of mistakes on the command line")
struct ErrorTourTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory("kagu-tour", inMemory: true)
        try directory.write("feeds:\n  - {id: gazette, url: \"http://127.0.0.1:9/f\"}\n", to: "feeds.yaml")
        try directory.write(
            """
            entities:
              - {id: place.lagoon, kind: place, name: Lagoon, aliases: {en: [Blue Lagoon]}}
            watches:
              - {id: lagoon, title: Lagoon, when: "@place.lagoon", severity: high}
            """, to: "watches.yaml")
        try directory.write("feeds: [feeds.yaml]\nwatches: [watches.yaml]\n", to: "kagu.yaml")
        try directory.write("feeds: [feeds.yaml]\nwatches: [watches.yaml]\nstoer: {}\n", to: "mistake.yaml")
    }

    /// Verbs that ask the state alone, or change what can only be in it.
    private static let ofState = [
        "hits", "stats", "explain h_x", "feeds events", "alerts list", "alerts show msg_x", "alerts retry msg_x",
        "alerts drop msg_x --comment why", "silence list", "silence expire sil_x", "verify", "reindex",
    ]

    /// Verbs that read the configuration.
    private static let ofConfiguration =
        ofState + [
            "status", "feeds list", "feeds show gazette", "feeds pause gazette", "feeds poll gazette",
            "feeds add http://127.0.0.1:9/g", "feeds remove gazette", "feeds export", "receivers list",
            "receivers test desk", "receivers enable desk", "silence add watch=x --for 1h --comment why",
            "route show", "reload",
        ]

    /// The one line that a command line is answered with.
    private func complaint(
        _ words: String, _ options: String..., status: Int32 = 2,
        location: Testing.SourceLocation = #_sourceLocation
    ) throws -> String {
        let result = try BuiltProducts.run("kagu", words.split(separator: " ").map(String.init) + options)
        #expect(result.status == status, "\(words): \(result.errors)", sourceLocation: location)
        #expect(result.output == "", "\(words)", sourceLocation: location)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(words): \(result.errors)", sourceLocation: location)
        #expect(result.errors.hasPrefix("kagu: "), "\(words)", sourceLocation: location)
        return result.errors
    }

    @Test("a state directory that is not there is named, and not made", arguments: ofState)
    func noState(words: String) throws {
        let path = directory.path("typo")
        let line = try complaint(words, "--config", directory.path("kagu.yaml"), "--state-dir", path)
        #expect(line.contains("\(path): no such file or directory; "), "\(line)")
        #expect(access(path, F_OK) != 0)
    }

    @Test("a configuration that is not there is named once", arguments: ofConfiguration)
    func noConfiguration(words: String) throws {
        let path = directory.path("typo.yaml")
        let line = try complaint(words, "--config", path)
        #expect(line.contains("\"\(path)\" does not exist; correct the path"), "\(line)")
    }

    @Test("a mistake in the configuration is named with its place and the nearest key", arguments: ofConfiguration)
    func mistake(words: String) throws {
        let path = directory.path("mistake.yaml")
        let line = try complaint(words, "--config", path)
        #expect(line.contains("\(path):3:1: unknown key \"stoer\"; did you mean \"store\"?"), "\(line)")
    }

    @Test(
        "a file that is not there is named",
        arguments: ["parse", "feeds test", "feeds import", "backtest --new NEW --old"])
    func noFile(words: String) throws {
        let path = directory.path("nothing")
        let line = try complaint(
            words.replacing("NEW", with: directory.path("watches.yaml")), path)
        #expect(
            line.contains(path) && line.contains("no such file or directory") || line.contains("does not exist"))
        #expect(!line.contains("watches: watches:"))
    }

    @Test("kagu check tells its problems as data, and exits 1 (O20, O23)")
    func check() throws {
        let result = try BuiltProducts.run("kagu", ["check", directory.path("mistake.yaml")])
        #expect(result.status == 1 && result.errors == "")
        #expect(result.output.contains("unknown key \"stoer\""))
    }
}
