// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguAlert
import KaguConfig
import KaguModel

/// `kagu route test key=value…`: where a hit with these labels would go, and when (C8).
struct RouteTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try out where a hit would go.",
        discussion: """
            Labels: watch, entity, severity, feed, class, lang, country, type (hit or feed); one given twice has both \
            values, one not given is empty. Exit status 1 when the receivers are not those of --verify.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("A label and its value, as in watch=gib.", valueName: "label=value"))
    var labels: [String] = []

    @Option(
        help: ArgumentHelp(
            "The receivers that it must go to, with commas between; none for nobody.", valueName: "names"))
    var verify: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("When; now unless given.", valueName: "time"))
    var at: String?

    @Flag(help: "Read and show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        let alerts = try wiring.configuration(common).alerts
        let now = try MomentOption.instant(at, "--at", utc: utc) ?? WallClock.now()
        let trial = RouteTrial(alerts: alerts, labels: try RouteLabels.read(labels), at: now)
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        switch output {
        case .short: try StandardOutput.write(try trial.text(paint, utc ? .utc : .local))
        case .json: try StandardOutput.write(try trial.json() + "\n")
        }
        guard let verify else { return }
        let wanted = Set(verify.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) })
        let found = Set(trial.receivers.isEmpty ? [Route.noReceiver] : trial.receivers)
        guard wanted != found else { return }
        StandardError.write(
            "kagu: route test: it goes to \(found.sorted().joined(separator: ", ")), "
                + "not to \(wanted.sorted().joined(separator: ", "))\n")
        throw ExitStatus.negative
    }
}

/// Labels on the command line.
enum RouteLabels {
    /// Reads `label=value` words; throws for a label that no hit has.
    static func read(_ words: [String]) throws -> [LabelMatcher.Label: [String]] {
        var labels: [LabelMatcher.Label: [String]] = [:]
        for word in words {
            guard let equals = word.firstIndex(of: "=") else {
                throw CommandFailure("route test: \(VisibleText.escaped(word)): write label=value, as in watch=gib")
            }
            let name = String(word[..<equals])
            var value = String(word[word.index(after: equals)...])
            if value.count > 1, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            guard let label = LabelMatcher.Label(rawValue: name) else {
                let known = LabelMatcher.Label.allCases.map(\.rawValue)
                throw CommandFailure(
                    "route test: no hit has the label \(VisibleText.escaped(name))"
                        + "\(Suggestion.clause(for: name, among: known)); there are \(known.joined(separator: ", "))"
                )
            }
            if label == .severity, Severity(rawValue: value) == nil {
                let known = Severity.allCases.map(\.rawValue)
                throw CommandFailure(
                    "route test: \(VisibleText.escaped(value)) is no severity"
                        + "\(Suggestion.clause(for: value, among: known)); there are \(known.joined(separator: ", "))"
                )
            }
            labels[label, default: []].append(value)
        }
        return labels
    }
}
