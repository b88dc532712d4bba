// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Every reason for which a watchlist cannot be compiled, in file order (M56).
public struct WatchlistProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems, errors only; at least one.
    public let problems: [ConfigProblem]

    /// All problems of a watchlist.
    public init(problems: [ConfigProblem]) {
        self.problems = problems
    }

    /// One problem a line, each with its excerpt.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
