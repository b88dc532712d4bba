// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// What `kagu check` prints (O23).
struct CheckReport {
    /// What was found.
    let outcome: CheckOutcome
    /// The configuration's path, as given.
    let path: String
    /// Colour or none.
    let paint: Paint

    /// Errors, then warnings, then one line in sum.
    var text: String { problemText + summary + "\n" }

    /// Errors, then warnings.
    var problemText: String {
        (outcome.errors + outcome.warnings).map { ProblemText(paint: paint).text($0) }.joined()
    }

    /// One line: what there is when it is fine, else how many problems.
    var summary: String {
        let warnings = outcome.warnings.isEmpty ? "" : ", \(Plural.text(outcome.warnings.count, "warning"))"
        guard outcome.isFine, let config = outcome.config else {
            let count = Plural.text(outcome.errors.count, "problem")
            return "\(path): \(paint("\(count)\(warnings)", .red))"
        }
        let parts = [
            Plural.text(config.feeds.count, "feed"),
            Plural.text(config.watchlist.entities.count, "entity", plural: "entities"),
            Plural.text(config.watchlist.topics.count, "topic"),
            Plural.text(config.watchlist.watches.count, "watch", plural: "watches"),
            Plural.text(config.alerts.receivers.count, "receiver"),
        ]
        return "\(path): \(parts.joined(separator: ", ")): \(paint("fine", .green))\(warnings)"
    }
}
