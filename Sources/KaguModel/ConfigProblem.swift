// SPDX-License-Identifier: Apache-2.0

/// One thing wrong in a configuration, feed or watch file: where, what on what and why, what to do about it.
///
/// Loaders collect all problems of all files before they give up, so that an operator mends them in one go.
public struct ConfigProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether the configuration can be used all the same.
    public enum Severity: Hashable, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration is used; the operator is told.
        case warning
    }

    /// Where; nil when no file is concerned (a missing file names its path in the message).
    public let location: SourceLocation?
    /// What on what, why, and what to do: lower case, no full stop (house rule 12).
    public let message: String
    /// The source line with a caret under the column, where known: two lines.
    public let excerpt: String?
    /// Refused or merely reported.
    public let severity: Severity

    /// A problem with its place and wording.
    public init(
        _ message: String, at location: SourceLocation? = nil, excerpt: String? = nil, severity: Severity = .error
    ) {
        self.location = location
        self.message = message
        self.excerpt = excerpt
        self.severity = severity
    }

    /// `file:line:column: message`, followed by the excerpt on lines of its own where there is one.
    public var description: String {
        let label = severity == .warning ? "warning: " : ""
        let head = location.map { "\($0): \(label)\(message)" } ?? "\(label)\(message)"
        return excerpt.map { "\(head)\n\($0)" } ?? head
    }

    /// The source line and a caret under `column` (from 1, in scalars); long lines are cut around the caret.
    public static func excerpt(line: some StringProtocol, column: Int) -> String {
        let scalars = Array(line.unicodeScalars.prefix(2000))
        let caret = max(0, min(column - 1, scalars.count))
        let start = max(0, caret - 60)
        let shown = scalars[start..<min(scalars.count, start + 100)]
        var text = ""
        text.unicodeScalars.append(contentsOf: shown.map { $0 == "\t" ? " " : $0 })
        return "    \(text)\n    \(String(repeating: " ", count: caret - start))^"
    }
}
