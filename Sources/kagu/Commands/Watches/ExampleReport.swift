// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// What came of a run of examples: failures with their reasons, then the counts (M61).
struct ExampleReport {
    /// How many passed and failed.
    struct Count: Hashable {
        var passed = 0
        var failed = 0
    }

    /// Those that failed, in order.
    private(set) var failed: [ExampleVerdict] = []
    /// All.
    private(set) var total = Count()
    /// By language; `-` where the example names none.
    private(set) var byLanguage: [String: Count] = [:]
    /// Of kinds that are not run.
    let otherKinds: [String: Int]
    /// Lines that are no examples.
    let mistakes: [String]

    /// Nothing run yet.
    init(_ examples: ExampleSet) {
        otherKinds = examples.otherKinds
        mistakes = examples.mistakes
    }

    /// Takes a verdict.
    mutating func add(_ verdict: ExampleVerdict) {
        let language = verdict.example.lang ?? "-"
        if verdict.failures.isEmpty {
            total.passed += 1
            byLanguage[language, default: Count()].passed += 1
        } else {
            total.failed += 1
            byLanguage[language, default: Count()].failed += 1
            failed.append(verdict)
        }
    }

    /// 2 when a line could not be read, 1 when an example failed.
    var status: ExitStatus { !mistakes.isEmpty ? .error : total.failed > 0 ? .negative : .fine }

    /// For people.
    func text(_ paint: Paint) -> String {
        let lines = failed.flatMap { self.lines($0, paint) } + sum(paint)
        return lines.map { $0 + "\n" }.joined()
    }

    private func lines(_ verdict: ExampleVerdict, _ paint: Paint) -> [String] {
        let example = verdict.example
        let why = example.why.map { ": \(VisibleText.escaped($0))" } ?? ""
        let language = example.lang.map { " (\($0))" } ?? ""
        var lines = ["\(paint("FAIL", .red)) \(verdict.place) \(paint(example.id, .bold))\(language)\(why)"]
        if let title = example.title { lines.append("  title    \(VisibleText.escaped(title))") }
        lines.append("  content  \(VisibleText.escaped(example.text))")
        for failure in verdict.failures {
            let wish = failure.isWanted ? "expected" : "not expected"
            lines.append("  \(wish) \(paint(failure.subject, .match)): \(failure.finding)")
            lines += failure.parts.map { "    " + ExpressionText.line($0, paint) }
            lines += failure.mentions.map { "    " + MentionText(paint: paint).line($0, in: verdict.text) }
        }
        return lines + [""]
    }

    private func sum(_ paint: Paint) -> [String] {
        var lines = mistakes.map { paint("not read", .red) + " " + VisibleText.escaped($0) }
        if !mistakes.isEmpty { lines.append("") }
        let failures = total.failed == 0 ? "failed 0" : paint("failed \(total.failed)", .red)
        var line = "\(paint("passed \(total.passed)", .green)) \(failures)"
        if !otherKinds.isEmpty {
            let kinds = otherKinds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            line += " (not run here: \(kinds.joined(separator: ", ")))"
        }
        if !byLanguage.isEmpty {
            let languages = byLanguage.sorted { $0.key < $1.key }.map { language, count in
                "\(language) \(count.passed)/\(count.passed + count.failed)"
            }
            lines.append("by language: \(languages.joined(separator: ", "))")
        }
        return lines + [line]
    }

    /// One object: `passed`, `failed`, `languages`, `not_run`, `failures`, `mistakes`.
    var json: String {
        var json = JSONWriter(reserving: 4096)
        json.object { json in
            json.member("passed", total.passed)
            json.member("failed", total.failed)
            json.member(
                "languages",
                array: { json in
                    for (language, count) in byLanguage.sorted(by: { $0.key < $1.key }) {
                        json.object { json in
                            json.member("lang", language)
                            json.member("passed", count.passed)
                            json.member("failed", count.failed)
                        }
                    }
                })
            json.member(
                "not_run",
                object: { json in
                    for (kind, count) in otherKinds.sorted(by: { $0.key < $1.key }) { json.member(kind, count) }
                })
            json.member("failures", array: { json in failed.forEach { Self.write($0, &json) } })
            json.member("mistakes", mistakes)
        }
        return json.text
    }

    private static func write(_ verdict: ExampleVerdict, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", verdict.example.id)
            json.member("file", verdict.place.file)
            json.member("line", verdict.place.line)
            json.member("lang", ifPresent: verdict.example.lang)
            json.member("why", ifPresent: verdict.example.why)
            json.member(
                "expectations",
                array: { json in
                    for failure in verdict.failures {
                        json.object { json in
                            json.member("subject", failure.subject)
                            json.member("expected", failure.isWanted)
                            json.member("found", failure.finding)
                            json.member(
                                "mentions", array: { json in failure.mentions.forEach { $0.write(to: &json) } })
                        }
                    }
                })
        }
    }
}
