// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Reads matchers in Alertmanager's notation: `label op "value"` (R2).
public enum LabelMatcherParser {
    /// Why a text is no matcher.
    public enum Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        /// Not `label op "value"`.
        case malformed(String)
        /// A label that no hit has.
        case unknownLabel(String)
        /// A value that the label never has.
        case unknownValue(String, allowed: [String])
        /// The value of `=~` or `!~` is no regular expression.
        case noExpression(String)

        /// What is wrong and what to do, lower case, no full stop.
        public var description: String { fault.wording }

        var fault: ConfigFault {
            switch self {
            case .malformed(let text): .noMatcher(text)
            case .unknownLabel(let label): .unknownLabel(label)
            case .unknownValue(let value, let allowed): .notAmong(value, allowed: allowed)
            case .noExpression(let text): .noExpression(text)
            }
        }
    }

    /// One matcher. In quotes `\"`, `\\` and `\n` are escapes, any other backslash is itself; `quotesOptional`
    /// takes a bare value too, as on the command line (C7).
    public static func parse(_ text: String, quotesOptional: Bool = false) throws(Mistake) -> LabelMatcher {
        let trimmed = text.trimmed
        let name = trimmed.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        var rest = trimmed.dropFirst(name.count).drop(while: \.isWhitespace)
        // The longer operations come first: `=~` is not `=` and a tilde.
        let operations: [LabelMatcher.Operation] = [.matches, .matchesNot, .differs, .equals]
        guard !name.isEmpty, let operation = operations.first(where: { rest.hasPrefix($0.rawValue) })
        else { throw .malformed(text) }
        rest = rest.dropFirst(operation.rawValue.count).drop(while: \.isWhitespace)
        guard let value = value(rest, quotesOptional: quotesOptional) else { throw .malformed(text) }
        guard let label = LabelMatcher.Label(rawValue: String(name)) else { throw .unknownLabel(String(name)) }
        try check(value, of: label, operation)
        return LabelMatcher(label: label, operation: operation, value: value)
    }

    private static func check(
        _ value: String, of label: LabelMatcher.Label, _ operation: LabelMatcher.Operation
    ) throws(Mistake) {
        switch operation {
        case .matches, .matchesNot:
            if (try? Regex(value)) == nil { throw .noExpression(value) }
        case .equals, .differs:
            guard !value.isEmpty, let allowed = values(of: label), !allowed.contains(value) else { return }
            throw .unknownValue(value, allowed: allowed)
        }
    }

    /// The only values that a label can have; nil where they are free.
    private static func values(of label: LabelMatcher.Label) -> [String]? {
        switch label {
        case .severity: Severity.allCases.map(\.rawValue)
        case .class: SourceClass.allCases.map(\.rawValue)
        case .type: ["hit", "feed"]
        case .watch, .entity, .feed, .lang, .country: nil
        }
    }

    private static func value(_ text: Substring, quotesOptional: Bool) -> String? {
        guard text.hasPrefix("\"") else {
            return quotesOptional && !text.contains("\"") ? String(text) : nil
        }
        var out = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == "\"" { return rest.isEmpty ? out : nil }
            guard character == "\\", let next = rest.first, "\"\\n".contains(next) else {
                out.append(character)
                continue
            }
            rest.removeFirst()
            out.append(next == "n" ? "\n" : next)
        }
        return nil
    }
}
