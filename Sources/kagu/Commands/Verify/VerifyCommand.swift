// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import KaguStore

/// `kagu verify`: is everything in the state directory as it should be (O27)?
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the hit files, the index over them, and the database.",
        discussion: """
            Every line of the hit files is read: UTF-8, JSON, its members, its id, and the checksum that the index \
            keeps of it; sealed days are compared with the SHA-256 that was taken when they were sealed. Then SQLite \
            checks its own structures, and what the outbox must always hold is looked at. Nothing is written, and a \
            daemon may run. Exit status 1 where anything is wrong.
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func run() throws {
        let directory = try Wiring.ofProcess().stateDirectory(common)
        let report = try StateVerifier(directory: directory).run()
        switch output {
        case .short: try StandardOutput.write(VerifyText(report, directory: directory).text)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
        }
        if !report.isSound { throw ExitStatus.negative }
    }
}

/// What `kagu verify` prints: one line for each finding, then one in sum.
struct VerifyText {
    let text: String

    init(_ report: VerifyReport, directory: String) {
        var lines = report.findings.map { finding in
            "\(finding.file)\(finding.line.map { ":\($0)" } ?? ""): \(VisibleText.escaped(finding.problem))"
        }
        let more = report.findingCount - report.findings.count
        if more > 0 { lines.append("and \(more) more") }
        var parts = [
            Plural.text(report.files, "file"), Plural.text(report.hits, "hit"),
            Plural.text(report.digests, "digest"),
        ]
        if report.repeatedLines > 0 { parts.append(Plural.text(report.repeatedLines, "repeated line")) }
        if report.newerLines > 0 { parts.append(Plural.text(report.newerLines, "line") + " of a later version") }
        if report.unindexedHits > 0 { parts.append("\(report.unindexedHits) not indexed yet") }
        let verdict = report.isSound ? "sound" : Plural.text(report.findingCount, "problem")
        lines.append("\(directory): \(parts.joined(separator: ", ")): \(verdict)")
        text = lines.joined(separator: "\n") + "\n"
    }
}
