// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A configuration that cannot be used: all problems of all its files at once.
public struct ConfigFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Errors and warnings, sorted by place; at least one is an error.
    public let problems: [ConfigProblem]

    /// A failure with its problems, which it sorts.
    public init(_ problems: [ConfigProblem]) {
        self.problems = problems.sortedByPlace()
    }

    /// Every problem on lines of its own, with its excerpt.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension [ConfigProblem] {
    /// By file, line and column; what has no place comes first; equal places keep their order.
    func sortedByPlace() -> [ConfigProblem] {
        enumerated().sorted { left, right in
            switch (left.element.location, right.element.location) {
            case (let first?, let second?): first == second ? left.offset < right.offset : first < second
            case (nil, nil): left.offset < right.offset
            case (nil, _): true
            case (_, nil): false
            }
        }.map(\.element)
    }
}
