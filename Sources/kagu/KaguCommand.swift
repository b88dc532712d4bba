// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Dispatch
import Glibc
import KaguModel

/// The command `kagu`: its verbs, in the order in which `--help` lists them (DESIGN §7).
struct KaguCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kagu",
        abstract: "Query and operate kagu, the media-monitoring daemon.",
        discussion: """
            Data goes to standard output, everything else to standard error. Exit status: 0 found or fine, \
            1 nothing found or a check failed, 2 error.
            """,
        version: "kagu \(Kagu.version)",
        subcommands: [
            HitsCommand.self, StatsCommand.self, ExplainCommand.self, CheckCommand.self, MatchCommand.self,
            WatchesCommand.self, BacktestCommand.self, ParseCommand.self, FeedsCommand.self, AlertsCommand.self,
            ReceiversCommand.self, SilenceCommand.self, RouteCommand.self, StatusCommand.self,
            VerifyCommand.self, ReindexCommand.self, ReloadCommand.self, ListenCommand.self, InitCommand.self,
            DemoCommand.self,
        ])
}

/// The program: arguments in, exit code out (O20, O21).
@main
enum Program {
    static func main() {
        // A reader that goes away is noticed by the write that fails (O21), not by a signal.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        // All is written: what the libraries would tidy up goes with the process.
        if let work = QuickStart.work(arguments) { _exit(status(of: work)) }
        Task { exit(await run(arguments)) }
        dispatchMain()
    }

    /// Runs one command line; its messages go to standard error, `--help` and `--version` to standard output.
    static func run(_ arguments: [String]) async -> Int32 {
        if let unknown = UnknownVerb(arguments) {
            StandardError.write("kagu: \(unknown)\n")
            return ExitStatus.error.rawValue
        }
        let command: any ParsableCommand
        do {
            command = try await KaguCommand.asyncParseAsRoot(arguments)
        } catch {
            if isHiddenHelp(error, arguments) { return await reportMistake(arguments) }
            return reportUsage(error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                var command = command
                try command.run()
            }
            return ExitStatus.fine.rawValue
        } catch {
            if isHiddenHelp(error, arguments) { return await reportMistake(arguments) }
            return report(error)
        }
    }

    /// Whether the parser's answer to a command line is its help, which nobody has asked for.
    private static func isHiddenHelp(_ error: any Error, _ arguments: [String]) -> Bool {
        HiddenHelp.isPossible(arguments) && !(error is ExitStatus) && !(error is ClosedPipe)
            && KaguCommand.exitCode(for: error) == .success
    }

    /// Tells the mistake of a command line that the parser would answer with its help.
    private static func reportMistake(_ arguments: [String]) async -> Int32 {
        do {
            _ = try await KaguCommand.asyncParseAsRoot(HiddenHelp.disarmed(arguments))
            tellMistake("the command line cannot be understood; see 'kagu --help'")
        } catch {
            tellMistake(HiddenHelp.restored(KaguCommand.fullMessage(for: error), arguments))
        }
        return ExitStatus.error.rawValue
    }

    /// The exit code of some work.
    private static func status(of work: () throws -> Void) -> Int32 {
        do {
            try work()
            return ExitStatus.fine.rawValue
        } catch {
            return report(error)
        }
    }

    /// The exit code for what a command threw, after its one line on standard error.
    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let status as ExitStatus: return status.rawValue
        case is ClosedPipe: return ExitStatus.fine.rawValue
        case is CleanExit, is ValidationError: return reportUsage(error)
        default:
            // A bare `kagu` or `kagu feeds` asks for its help this way.
            if KaguCommand.exitCode(for: error) == .success { return reportUsage(error) }
            StandardError.write("kagu: \(error)\n")
            return ExitStatus.error.rawValue
        }
    }

    /// Help and version are data; a usage error is one line and a hint, and exits 2 as every error does.
    private static func reportUsage(_ error: any Error) -> Int32 {
        let text = KaguCommand.fullMessage(for: error)
        guard KaguCommand.exitCode(for: error) != .success else {
            try? StandardOutput.write(text + "\n")
            return ExitStatus.fine.rawValue
        }
        tellMistake(text)
        return ExitStatus.error.rawValue
    }

    private static func tellMistake(_ text: String) {
        let label = "Error: "
        let message = text.hasPrefix(label) ? String(text.dropFirst(label.count)) : text
        StandardError.write("kagu: \(message)\n")
    }
}
