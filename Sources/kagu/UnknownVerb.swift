// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// A verb or subverb that there is none of, such as `kagu hist` or `kagu feeds lst` (O17).
///
/// Looked for before ArgumentParser reads the command line, which names no near verb, and takes `kagu hist --since -1h`
/// and `kagu help hist` for questions about `kagu` that were answered.
struct UnknownVerb: Hashable, CustomStringConvertible {
    /// The word that was given.
    let word: String
    /// The verb that it may have meant, if one is near.
    let nearest: String?
    /// The words before it, such as `kagu feeds`.
    let command: String

    /// The unknown verb of a command line; nil where its verbs are known, or where options come before them.
    init?(_ arguments: [String]) {
        var words = arguments[...]
        if words.first == "help" { words.removeFirst() }
        var path = ["kagu"]
        var command: any ParsableCommand.Type = KaguCommand.self
        while let word = words.popFirst(), !word.hasPrefix("-") {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty else { return nil }
            guard let next = verbs.first(where: { $0._commandName == word }) else {
                self.word = word
                nearest = Suggestion.nearest(to: word, among: verbs.map { $0._commandName })
                self.command = path.joined(separator: " ")
                return
            }
            path.append(word)
            command = next
        }
        return nil
    }

    /// What is printed after `kagu: `, as ArgumentParser words an unknown option.
    var description: String {
        let kind = command == "kagu" ? "verb" : "subverb"
        return """
            Unknown \(kind) '\(VisibleText.escaped(word))'.\(nearest.map { " Did you mean '\($0)'?" } ?? "")
            Usage: \(command) <subcommand>
              See '\(command) --help' for more information.
            """
    }
}
