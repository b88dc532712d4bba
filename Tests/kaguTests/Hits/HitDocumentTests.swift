// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

/// Every command of docs/hits.md is run as it is printed, where the tools are there that it names.
@Suite("The examples of docs/hits.md (O18, O19, O25, O26)")
struct HitDocumentTests {
    /// A command of the document, in the directory of the hit files.
    struct Example: CustomTestStringConvertible {
        var command: String
        var testDescription: String { String(command.prefix(60)) }

        /// Whether the tools that it uses are here.
        var hasTools: Bool {
            ["jq", "duckdb", "sqlite3"].allSatisfy { !command.contains("\($0) ") || tools.contains($0) }
        }
    }

    private static let tools = ["jq", "duckdb", "sqlite3"].filter {
        status(of: "command -v \($0)", in: "/").status == 0
    }

    /// Shell commands line by line, where those that begin with a space belong to the one before; SQL as one for duckdb.
    static let examples: [Example] = {
        let path = URL(filePath: #filePath).appending(path: "../../../../docs/hits.md").standardized
        let document = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        var commands: [String] = []
        for (number, block) in document.components(separatedBy: "```").enumerated() where number % 2 == 1 {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
            switch lines.first {
            case "sql":
                commands.append("duckdb -c \"\(lines.dropFirst().joined(separator: "\n"))\"")
            case "sh":
                for line in lines.dropFirst() where !line.hasPrefix("#") {
                    if line.hasPrefix(" "), let last = commands.indices.last {
                        commands[last] += "\n" + line
                    } else {
                        commands.append(line)
                    }
                }
            default: break
            }
        }
        return commands.map(Example.init)
    }()

    @Test("the document has examples of every tool")
    func some() {
        for name in ["kagu hits", "kagu stats", "jq", "duckdb", "sqlite3"] {
            #expect(Self.examples.contains { $0.command.contains(name) }, "\(name)")
        }
    }

    @Test("runs as printed, and finds something", arguments: examples.filter(\.hasTools))
    func runs(_ example: Example) throws {
        let directory = try TemporaryDirectory()
        let today = try Self.write(directory)
        let command = example.command
            .replacing("/var/lib/kagu", with: directory.path)
            .replacing("2026-11-22.jsonl", with: "\(today).jsonl")
        let (status, output, errors) = Self.status(
            of: command, in: directory.path("hits"), state: directory.path, follows: command.contains(" -f"))
        #expect(status == 0, "\(command)\n\(errors)")
        #expect(errors.isEmpty)
        // What goes to a file, or only changes the directory, prints nothing.
        if !command.contains(" > "), !command.hasPrefix("cd ") { #expect(!output.isEmpty, "\(command)") }
    }

    /// Hits of yesterday, compressed, and of today, such as the examples ask for.
    private static func write(_ directory: TemporaryDirectory) throws -> CivilDate {
        let now = WallClock.now()
        for back in [1, 0] {
            let day = CivilDate(daysSinceEpoch: now.day.daysSinceEpoch - back)
            var bytes: [UInt8] = []
            for (number, lang) in ["fr", "ru", "tr"].enumerated() {
                var hit = Hit.sample()
                hit.id = "h_\(back)\(number)00000000000000"
                hit.seen = back == 0 ? now - .milliseconds(3 - number) : day.start + .seconds(number + 3600)
                hit.title = "Nouméa : couvre-feu \(number)"
                (hit.lang, hit.watches, hit.entities) = (lang, ["big"], ["org.big"])
                (hit.severity, hit.baseline) = (.critical, false)
                hit.mentions = [
                    Mention(
                        entity: "org.big", alias: "BIG", field: .summary, start: 0, end: 3, text: "BIG", tier: 0,
                        suffix: "", state: .accepted, reason: "plain")
                ]
                bytes += hit.line + [0x0A]
            }
            try directory.write(bytes, to: "hits/\(day).jsonl")
        }
        let yesterday = CivilDate(daysSinceEpoch: now.day.daysSinceEpoch - 1)
        _ = status(of: "gzip \(yesterday).jsonl", in: directory.path("hits"))
        return now.day
    }

    /// Runs a command in a shell in which `kagu` is the one of this build; one that follows is ended after a second.
    private static func status(
        of command: String, in directory: String, state: String = "/nonexistent", follows: Bool = false
    ) -> (status: Int32, output: String, errors: String) {
        let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let kagu = URL(filePath: test).deletingLastPathComponent().appending(path: "kagu").path
        let limit = follows ? "timeout --preserve-status -s INT 1" : ""
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [
            "-c", "set -o pipefail; kagu() { \(limit) '\(kagu)' \"$@\" --state-dir '\(state)'; }\n\(command)",
        ]
        process.currentDirectoryURL = URL(filePath: directory)
        process.environment = ProcessInfo.processInfo.environment.merging(["TZ": "UTC"]) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        guard (try? process.run()) != nil else { return (127, "", "") }
        let printed = output.fileHandleForReading.readDataToEndOfFile()
        let complained = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: printed, as: UTF8.self),
            String(decoding: complained, as: UTF8.self)
        )
    }
}
