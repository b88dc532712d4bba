// SPDX-License-Identifier: Apache-2.0

/// One condition on a hit's labels, in Alertmanager's notation: `severity=~"high|critical"` (R2).
public struct LabelMatcher: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What a matcher may look at.
    public enum Label: String, Hashable, Sendable, CaseIterable, Codable {
        /// Labels of a hit or feed event; `watch` and `entity` hold several values.
        case watch, entity, severity, feed, `class`, lang, country, type
    }

    /// How label and value are compared.
    public enum Operation: String, Hashable, Sendable, CaseIterable, Codable {
        /// One value equals.
        case equals = "="
        /// No value equals.
        case differs = "!="
        /// One value matches the anchored expression.
        case matches = "=~"
        /// No value matches the anchored expression.
        case matchesNot = "!~"
    }

    /// The label looked at.
    public let label: Label
    /// The comparison.
    public let operation: Operation
    /// The value or expression.
    public let value: String

    /// A condition.
    public init(label: Label, operation: Operation, value: String) {
        self.label = label
        self.operation = operation
        self.value = value
    }

    /// `label op "value"`.
    public var description: String { "\(label.rawValue)\(operation.rawValue)\"\(value)\"" }
}
