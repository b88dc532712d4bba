// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel
import Testing

@testable import kagu

@Suite("Command lines that are read without ArgumentParser (O17)")
struct QuickStartTests {
    /// Every option that the verbs take, in each form.
    private static let options: [[String]] =
        [
            ["--config", "/a.yaml"], ["--state-dir", "/s"], ["--state-dir=/s=t"], ["-S", "-1h"],
            ["--since", "-1h"],
            ["--since=-1h30m"], ["-U", "2026-11-22 14:00"], ["--until", "yesterday"], ["--utc"],
            ["--watch", "a b"],
            ["--watch=b"], ["--entity", "place.baku"], ["--topic", "x"], ["--feed", "f"], ["--class", "wire"],
            ["--class", "ngo"], ["--lang", "FR"], ["--country", "fr"], ["--severity", "high"], ["--story", "s_1"],
            ["--text", "\"a b\" OR c"], ["--baseline"], ["-o", "json"], ["--output", "jsonl"], ["--output=table"],
        ]
    private static let ofHits: [[String]] = [["-n", "5"], ["--lines=7"], ["-r"], ["--reverse"], ["--open", "2"]]
    private static let ofStats: [[String]] = [["--by", "watch"], ["--by=day"]]

    private func full(_ arguments: [String]) async -> String? {
        guard let command = try? await KaguCommand.asyncParseAsRoot(arguments) else { return nil }
        return text(command)
    }

    /// Every property with its value; wrappers that hold no value say so.
    private func text(_ command: any ParsableCommand) -> String { "\(command)" }

    @Test("ArgumentParser makes the same of every option, alone and together", arguments: ["hits", "stats"])
    func same(_ verb: String) async throws {
        let options = Self.options + (verb == "hits" ? Self.ofHits : Self.ofStats)
        var lines = [[verb]] + options.map { [verb] + $0 }
        // Two spellings of one option are a repetition, which is left to ArgumentParser.
        var seen: Set<String> = []
        let together = options.filter { option in
            let name = option[0].prefix { $0 != "=" }
            let key = ["-S": "--since", "-U": "--until", "-n": "--lines", "-r": "--reverse"][name] ?? String(name)
            return ["--watch", "--class"].contains(key) || seen.insert(key).inserted
        }
        lines.append([verb] + together.flatMap { $0 })
        var quickLines = 0
        for line in lines {
            guard let quick = QuickStart.command(line) else { continue }
            quickLines += 1
            #expect(text(quick) == (await full(line)), "\(line)")
        }
        #expect(quickLines == lines.count, "no line is left to ArgumentParser")
    }

    @Test(
        "what is not plain is left to ArgumentParser, which words the mistake",
        arguments: [
            [], ["help"], ["hits", "--help"], ["hits", "-h"], ["hits", "--version"], ["hits", "--sinse", "-1h"],
            ["hits", "-f"], ["hits", "x"], ["hits", "--"], ["hits", "--since"], ["hits", "--watch", "--utc"],
            ["hits", "--watch", ""], ["hits", "-n", "-1"], ["hits", "-n", "many"], ["hits", "-n5"],
            ["hits", "-rn", "5"],
            ["hits", "--open", "0"], ["hits", "--utc=yes"], ["hits", "--utc", "--utc"],
            ["hits", "--severity", "loud"],
            ["hits", "-o", "xml"], ["hits", "--since", "-1h", "--since", "-2h"], ["stats", "--by", "week"],
            ["stats", "-r"], ["hist"], ["feeds", "list"], ["--version", "hits"],
        ])
    func left(_ line: [String]) { #expect(QuickStart.command(line) == nil) }

    @Test("every option of the verbs is known here: one that were not would trap when it is read")
    func complete() async throws {
        for verb in ["hits", "stats"] {
            let quick = try #require(QuickStart.command([verb]))
            #expect(!text(quick).contains("*definition*"))
            #expect(text(quick) == (await full([verb])))
        }
    }
}
