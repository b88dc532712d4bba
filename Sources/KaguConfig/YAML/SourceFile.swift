// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A file being read, with the problems found in it so far. Confined to one load.
final class SourceFile {
    /// The path as the operator gave it.
    let name: String
    private let text: String
    /// The lines of the text, split only when something is wrong or asked for: most lists are long and sound.
    private(set) lazy var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    private var findings: [(message: String, line: Int, column: Int, severity: ConfigProblem.Severity)] = []
    private var concealedLines: Set<Int> = []
    /// Whether the text is no YAML, so that nothing of it is known.
    private(set) var isUnreadable = false

    /// How many problems have been found so far.
    var problemCount: Int { findings.count }

    /// A file with its text.
    init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// A place in this file.
    func location(_ line: Int, _ column: Int) -> SourceLocation {
        SourceLocation(file: name, line: line, column: column)
    }

    /// Keeps the lines of a value out of excerpts: it is a credential (S5).
    func conceal(_ node: YAMLNode) {
        var lastLine = node.line
        if case .text(let text, _) = node.content, text.contains(where: \.isNewline) {
            // A block scalar begins on the line after its sign.
            lastLine += text.count(where: \.isNewline) + 1
        }
        concealedLines.formUnion(node.line...lastLine)
    }

    /// Keeps a line out of excerpts: it holds a credential (S5).
    func conceal(line: Int) { concealedLines.insert(line) }

    /// Notes a problem; `path` is the key path (`alerts.receivers[1].timeout`), empty for the whole file.
    func report(
        _ fault: ConfigFault, path: String = "", line: Int, column: Int,
        severity: ConfigProblem.Severity = .error
    ) {
        findings.append((message(fault, path), line, column, severity))
    }

    /// Where nothing could be read, lines that may hold a credential are told by their words.
    private func concealSuspects(withReceivers: Bool) {
        let words = ["token", "password", "secret", "authorization", "proxy"] + (withReceivers ? ["url"] : [])
        for (index, line) in lines.enumerated() {
            let lower = line.lowercased()
            if words.contains(where: { lower.contains($0) }) { concealedLines.insert(index + 1) }
        }
    }

    /// A problem of this file that is found after it was read.
    func problem(
        _ fault: ConfigFault, path: String, _ line: Int, _ column: Int, _ severity: ConfigProblem.Severity
    ) -> ConfigProblem {
        ConfigProblem(
            message(fault, path), at: location(line, column), excerpt: excerpt(line, column), severity: severity)
    }

    private func message(_ fault: ConfigFault, _ path: String) -> String {
        path.isEmpty ? fault.wording : "\(path): \(fault.wording)"
    }

    /// What was found, in order of discovery, with excerpts: ask when the whole file has been read.
    var problems: [ConfigProblem] {
        findings.map { finding in
            ConfigProblem(
                finding.message, at: location(finding.line, finding.column),
                excerpt: excerpt(finding.line, finding.column), severity: finding.severity)
        }
    }

    /// The root of the YAML document `text`, which is this file's; nil when it is empty or not YAML (reported).
    func root(of text: String) -> YAMLCursor? {
        do {
            guard let node = try YAMLParser.parse(text), !node.isEmpty else { return nil }
            return YAMLCursor(node: node, path: "", file: self)
        } catch {
            report(error.fault, line: error.line, column: error.column)
            isUnreadable = true
            concealSuspects(withReceivers: text.contains("receivers:"))
            return nil
        }
    }

    private func excerpt(_ line: Int, _ column: Int) -> String? {
        guard line >= 1, line <= lines.count, column >= 1 else { return nil }
        guard !concealedLines.contains(line) else { return nil }
        return ConfigProblem.excerpt(line: lines[line - 1], column: column)
    }
}
