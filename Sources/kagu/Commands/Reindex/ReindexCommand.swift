// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import FoundationEssentials
import KaguMatch
import KaguStore

/// `kagu reindex`: the index over the hits, made anew from their files (O27).
struct ReindexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reindex",
        abstract: "Make the index over the hits anew from their files.",
        discussion: """
            Takes the daemon's lock, so the daemon must not run: systemctl stop kagu, then sudo -u kagu kagu reindex. \
            No alert follows from it: what was told stays told, and what is owed stays owed. A line that is no hit is \
            copied to quarantine/ and passed over.
            """)

    @OptionGroup var common: CommonOptions

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func run() throws {
        let directory = try Wiring.ofProcess().stateDirectory(common)
        try StateSnapshot.require(directory)
        try StateOwner.become(ownerOf: directory)
        let summary = try Store.reindex(directory: directory, at: WallClock.now(), folding: SearchText.fold)
        switch output {
        case .short: try StandardOutput.write(ReindexText(summary).text)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            try StandardOutput.write(String(decoding: try encoder.encode(summary), as: UTF8.self) + "\n")
        }
        for file in summary.unreadable {
            StandardError.write("kagu: reindex: \(file); what the index knew of that day stays as it was\n")
        }
        if !summary.unreadable.isEmpty { throw ExitStatus.error }
    }
}

/// What `kagu reindex` prints: one line.
struct ReindexText {
    let text: String

    init(_ summary: ReindexSummary) {
        var parts = ["\(Plural.text(summary.hits, "hit")) indexed"]
        if summary.repeatedLines > 0 { parts.append(Plural.text(summary.repeatedLines, "repeated line")) }
        if summary.badLines > 0 {
            parts.append("\(Plural.text(summary.badLines, "bad line")) copied to quarantine/")
        }
        if summary.newerLines > 0 { parts.append(Plural.text(summary.newerLines, "line") + " of a later version") }
        if summary.removedRows > 0 { parts.append("\(summary.removedRows) without a line forgotten") }
        text = parts.joined(separator: ", ") + "\n"
    }
}
