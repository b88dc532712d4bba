// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kagu

@Suite("Verbs that there are none of (O17, O20)")
struct UnknownVerbTests {
    @Test(
        "an unknown verb or subverb is told with the nearest one (O17)",
        arguments: [
            (["hist"], "Unknown verb 'hist'. Did you mean 'hits'?", "kagu"),
            (["stat", "-o", "json"], "Unknown verb 'stat'. Did you mean 'stats'?", "kagu"),
            (["Feeds", "list"], "Unknown verb 'Feeds'. Did you mean 'feeds'?", "kagu"),
            (["feeds", "lst"], "Unknown subverb 'lst'. Did you mean 'list'?", "kagu feeds"),
            (["receivers", "tset", "desk"], "Unknown subverb 'tset'. Did you mean 'test'?", "kagu receivers"),
            (["nonsense"], "Unknown verb 'nonsense'.", "kagu"),
            (["silence", "x\u{1B}[31m"], "Unknown subverb 'x\\u{1b}[31m'.", "kagu silence"),
        ])
    func nearest(_ arguments: [String], _ sentence: String, _ command: String) {
        let lines = UnknownVerb(arguments)?.description.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                sentence, "Usage: \(command) <subcommand>", "  See '\(command) --help' for more information.",
            ])
    }

    @Test(
        "what is no mistake of a verb is left to the parser",
        arguments: [
            [], ["--help"], ["--version"], ["help"], ["help", "feeds", "list"], ["feeds"], ["feeds", "--help"],
            ["hits", "word"], ["feeds", "show", "lst"], ["--generate-completion-script", "bash"],
        ])
    func known(_ arguments: [String]) {
        #expect(UnknownVerb(arguments) == nil)
    }

    @Test(
        "it exits 2, also where the options that follow hold an h, and where help on it is asked for (O20)",
        arguments: [["hist"], ["hist", "--since", "-1h"], ["feeds", "lst", "--help"], ["help", "hist"]])
    func exitStatus(_ arguments: [String]) async {
        #expect(await Program.run(arguments) == 2)
    }
}
