// SPDX-License-Identifier: Apache-2.0

import Yams

/// The one place that knows Yams: text in, nodes with places out.
enum YAMLParser {
    /// Why a text is no usable YAML document, with the place.
    struct Failure: Error {
        var fault: ConfigFault
        var line: Int
        var column: Int
    }

    /// The root node of the only document of `text`; nil when the text holds none.
    static func parse(_ text: String) throws(Failure) -> YAMLNode? {
        do {
            // The basic resolver leaves every scalar a string, and spares a regular expression for each.
            guard let root = try Yams.compose(yaml: text, .basic) else { return nil }
            // A document without aliases has fewer nodes than bytes; aliases of aliases multiply.
            var nodesLeft = text.utf8.count + 100_000
            return try convert(root, &nodesLeft)
        } catch let failure as Failure {
            throw failure
        } catch let error as YamlError {
            throw failure(of: error, in: text)
        } catch {
            throw Failure(fault: .notYAML("\(error)"), line: 0, column: 0)
        }
    }

    private static func convert(_ node: Node, _ nodesLeft: inout Int) throws -> YAMLNode {
        let line = node.mark?.line ?? 0
        let column = node.mark?.column ?? 0
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw Failure(fault: .tooManyAliases, line: line, column: column) }
        switch node {
        case .scalar(let scalar):
            return YAMLNode(
                content: .text(scalar.string, isPlain: scalar.style == .plain), line: line, column: column)
        case .sequence(let sequence):
            return YAMLNode(
                content: .list(try sequence.map { try convert($0, &nodesLeft) }), line: line, column: column)
        case .mapping(let mapping):
            let members = try mapping.map { key, value in
                guard case .scalar(let name) = key else {
                    throw Failure(fault: .keyNotText, line: key.mark?.line ?? line, column: key.mark?.column ?? 0)
                }
                return YAMLNode.Member(
                    key: name.string, line: name.mark?.line ?? line, column: name.mark?.column ?? 0,
                    value: try convert(value, &nodesLeft))
            }
            return YAMLNode(content: .map(members), line: line, column: column)
        case .alias:
            // Yams resolves aliases while it composes; only its decoder leaves them.
            throw Failure(fault: .notYAML("unresolved alias"), line: line, column: column)
        }
    }

    private static func failure(of error: YamlError, in text: String) -> Failure {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let reason = context.map { "\(problem) \($0.text) in line \($0.mark.line)" } ?? problem
            // What has no end is mended where it begins.
            let place = problem.contains("end of stream") ? context?.mark ?? mark : mark
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let line = place.line >= 1 && place.line <= lines.count ? lines[place.line - 1] : ""
            let rest = line.unicodeScalars.dropFirst(max(0, place.column - 1))
            return Failure(
                fault: .notYAML(reason, line: line, rest: Substring(rest)), line: place.line, column: place.column)
        case .composer(_, let problem, let mark, _):
            let fault: ConfigFault = problem.contains("another document") ? .manyDocuments : .notYAML(problem)
            return Failure(fault: fault, line: mark.line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            return Failure(
                fault: .duplicateKey(duplicates.first ?? ""), line: context.mark.line, column: context.mark.column)
        case .reader(let problem, let offset, _, let text):
            let before = text.prefix(offset ?? 0)
            let line = 1 + before.count { $0.isNewline }
            let column = 1 + before.unicodeScalars.reversed().prefix { $0 != "\n" }.count
            return Failure(fault: .notYAML(problem), line: line, column: column)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return Failure(fault: .notYAML("\(error)"), line: 0, column: 0)
        }
    }
}
