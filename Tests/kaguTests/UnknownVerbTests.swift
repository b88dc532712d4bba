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
        "a mistake beside a time such as -1h is told and exits 2: it is no question for help (O20)",
        arguments: [
            ["alerts", "drop", "--receiver", "desk", "--since", "-1h"],
            ["alerts", "drop", "1", "-S", "-1h", "--comment", "x"],
            ["silence", "add", "watch=a", "--until", "-1h"], ["--state-dir", "s", "hits", "--since", "-1h"],
            ["feeds", "events", "--since", "-1h", "extra", "words"], ["verify", "--since", "-1h"],
        ])
    func hiddenHelp(_ arguments: [String]) async {
        #expect(await Program.run(arguments) == 2)
        #expect(!HiddenHelp.isAsked(arguments))
    }

    @Test("the mistake is told in the words that were given, and help that is asked for is given (O20)")
    func disarmed() async {
        let line = ["verify", "--since", "-1h", "-h2"]
        #expect(HiddenHelp.disarmed(line) == ["verify", "--since", "-1m", "-m2"])
        #expect(HiddenHelp.restored("Unexpected argument '-1m'", line) == "Unexpected argument '-1h'")
        for asked in [["hits", "-h"], ["help", "hits"], ["--version"], ["feeds", "list", "--help"]] {
            #expect(HiddenHelp.isAsked(asked))
        }
    }

    @Test(
        "it exits 2, also where the options that follow hold an h, and where help on it is asked for (O20)",
        arguments: [["hist"], ["hist", "--since", "-1h"], ["feeds", "lst", "--help"], ["help", "hist"]])
    func exitStatus(_ arguments: [String]) async {
        #expect(await Program.run(arguments) == 2)
    }
}
