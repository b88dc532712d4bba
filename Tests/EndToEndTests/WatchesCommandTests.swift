// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguTestSupport
import Testing

@Suite("kagu watches, match and backtest with the built program")
struct WatchesCommandTests {
    private static let lagoon = """
        entities:
          - {id: place.lagoon, kind: place, name: Lagoon, aliases: {en: [Blue Lagoon]}}
        watches:
          - {id: lagoon, title: Lagoon, when: "@place.lagoon", severity: high}
        """

    @Test("list, check, test and graph work on a directory, with the exit codes of O20 (M53)")
    func watches() throws {
        let directory = try TemporaryDirectory("kagu-watches")
        try directory.write(Self.lagoon, to: "w/watches.yaml")
        try directory.write(
            #"{"id":"a","kind":"match","lang":"en","text":"At Blue Lagoon.","must":["place.lagoon"]}"# + "\n",
            to: "w/examples/a.jsonl")
        let path = directory.path("w")
        let listed = try BuiltProducts.run("kagu", ["watches", "list", "--watches", path])
        #expect(listed.status == 0 && listed.output == "high     lagoon Lagoon: @place.lagoon\n")
        let checked = try BuiltProducts.run("kagu", ["watches", "check", path])
        #expect(checked.status == 0 && checked.output.hasSuffix("1 watch: fine\n"), "\(checked.output)")
        let tested = try BuiltProducts.run("kagu", ["watches", "test", "--watches", path])
        #expect(tested.status == 0 && tested.output.hasSuffix("passed 1 failed 0\n"), "\(tested.errors)")
        let drawn = try BuiltProducts.run("kagu", ["watches", "graph", "--watches", path, "lagoon"])
        #expect(drawn.status == 0 && drawn.output.contains("\"lagoon\" -> \"place.lagoon\";"))

        try directory.write(Self.lagoon.replacing("when: \"@place", with: "when: \"@plce"), to: "w/watches.yaml")
        let broken = try BuiltProducts.run("kagu", ["watches", "check", path])
        #expect(broken.status == 1)
        #expect(
            broken.output.contains("watches.yaml:4:40: there is no entity or group \"plce.lagoon\"; did you mean"))
        let refused = try BuiltProducts.run("kagu", ["watches", "list", "--watches", path, "-o", "json"])
        #expect(refused.status == 0)
        let untested = try BuiltProducts.run("kagu", ["watches", "test", "--watches", path])
        #expect(untested.status == 2 && untested.errors.contains("there is no entity"), "\(untested.errors)")
    }

    @Test("a change of aliases is replayed over a file, and its gain is told (M54)")
    func backtest() throws {
        let directory = try TemporaryDirectory("kagu-backtest")
        try directory.write(Self.lagoon, to: "old/watches.yaml")
        try directory.write(Self.lagoon.replacing("[Blue Lagoon]", with: "[Blue Lagoon, Lagune]"), to: "new/w.yaml")
        let items = #"{"id":"1","title":"Lagune"}"# + "\n" + #"{"id":"2","title":"Blue Lagoon"}"# + "\n"
        try directory.write(items, to: "items.jsonl")
        let arguments = ["backtest", "--old", directory.path("old"), "--new", directory.path("new")]
        let ran = try BuiltProducts.run("kagu", arguments + [directory.path("items.jsonl")])
        #expect(ran.status == 0, "\(ran.errors)")
        #expect(ran.output.contains("lagoon: 1 → 2 hits, gained 1\n"), "\(ran.output)")
        let without = try BuiltProducts.run("kagu", arguments + ["--state-dir", directory.path])
        #expect(without.status == 2 && without.errors.contains("keeps no texts of items"), "\(without.errors)")
    }
}
