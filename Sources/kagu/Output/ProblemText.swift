// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A problem of a configuration for people: place, message, and the line with a caret (M56, O23).
struct ProblemText {
    /// Colour or none.
    let paint: Paint

    /// Several lines, each with its line end.
    func text(_ problem: ConfigProblem) -> String {
        let style: Paint.Style = problem.severity == .warning ? .yellow : .red
        let place = problem.location.map { paint("\($0)", .bold) + ": " } ?? ""
        let label = problem.severity == .warning ? paint("warning", style) + ": " : ""
        let excerpt =
            problem.excerpt.map { $0.split(separator: "\n").map { "\(VisibleText.escaped($0))\n" }.joined() } ?? ""
        return "\(place)\(label)\(VisibleText.escaped(problem.message))\n\(excerpt)"
    }
}

extension [ConfigProblem] {
    /// By file, line and column; what has no place comes first; equal places keep their order.
    func sortedByPlace() -> [ConfigProblem] {
        let none = SourceLocation(file: "")
        return enumerated().sorted {
            let (left, right) = ($0.element.location ?? none, $1.element.location ?? none)
            return left == right ? $0.offset < $1.offset : left < right
        }.map(\.element)
    }
}
