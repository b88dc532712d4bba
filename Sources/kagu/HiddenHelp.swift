// SPDX-License-Identifier: Apache-2.0

/// Command lines with a mistake that ArgumentParser answers with its help, and success, because some word of them holds an
/// `h` behind one dash: it takes the `-1h` of `--since -1h` for a cluster of flags with `-h` among them (O20).
enum HiddenHelp {
    private static let requests: Set = ["-h", "-help", "--help", "--version"]

    /// Whether the parser may take a word of a command line for `-h`, where nobody asks for help.
    static func isPossible(_ arguments: [String]) -> Bool {
        arguments.contains(where: isArmed) && !isAsked(arguments)
    }

    /// Whether help, a version or a completion was asked for in so many words.
    static func isAsked(_ arguments: [String]) -> Bool {
        arguments.first == "help"
            || arguments.contains {
                requests.contains($0) || $0.hasPrefix("---")
                    || $0.hasPrefix("--generate-completion-script") || $0.hasPrefix("--help-hidden")
            }
    }

    /// The same command line without an `h` that could be taken for `-h`: with it the parser names the mistake.
    static func disarmed(_ arguments: [String]) -> [String] { arguments.map { isArmed($0) ? disarmed($0) : $0 } }

    /// What the parser said of a disarmed command line, in the words of the one that was given.
    static func restored(_ text: String, _ arguments: [String]) -> String {
        arguments.filter(isArmed).reduce(text) { $0.replacing("'\(disarmed($1))'", with: "'\($1)'") }
    }

    private static func isArmed(_ word: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.contains("h")
    }

    private static func disarmed(_ word: String) -> String { word.replacing("h", with: "m") }
}
