// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A matcher made ready for many hits (R2). Lists of plain words, which most expressions are, become a set.
/// Any other expression is compiled at each use: `Regex` is not Sendable, hits are few, and the loader has
/// refused what does not compile (should one fail here all the same, it matches nothing).
struct CompiledMatcher: Hashable, Sendable {
    private enum Pattern: Hashable, Sendable {
        case oneOf(Set<String>)
        case expression(String)
    }

    private let label: LabelMatcher.Label
    private let isNegated: Bool
    private let pattern: Pattern

    init(_ matcher: LabelMatcher) {
        label = matcher.label
        isNegated = matcher.operation == .differs || matcher.operation == .matchesNot
        pattern =
            switch matcher.operation {
            case .equals, .differs: .oneOf([matcher.value])
            case .matches, .matchesNot: Self.pattern(of: matcher.value)
            }
    }

    /// Whether the matcher holds: `=` and `=~` if one value fits, `!=` and `!~` if none does.
    func holds(for labels: AlertLabels) -> Bool {
        let values = labels[label]
        let fits =
            switch pattern {
            case .oneOf(let words): values.contains(where: words.contains)
            case .expression(let source): Self.anyFits(values, source)
            }
        return fits != isNegated
    }

    /// Whether it is about this label.
    func looksAt(_ other: LabelMatcher.Label) -> Bool { label == other }

    private static func pattern(of expression: String) -> Pattern {
        let special = Set("\\.[]{}()*+?^$")
        guard !expression.contains(where: special.contains) else { return .expression(expression) }
        return .oneOf(Set(expression.split(separator: "|", omittingEmptySubsequences: false).map(String.init)))
    }

    private static func anyFits(_ values: [String], _ source: String) -> Bool {
        guard let regex = try? Regex(source) else { return false }
        return values.contains { (try? regex.wholeMatch(in: $0)) != nil }
    }
}
