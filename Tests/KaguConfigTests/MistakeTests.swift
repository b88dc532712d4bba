// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguModel
import Testing

@Suite("Every mistake has its message")
struct MistakeTests {
    /// `config-…`, `receiver-…`, `route-…` are kagu.yaml files, `feeds-…` feed lists, `watches-…` watch files.
    static let names = Fixtures.names(in: "mistakes").filter {
        !$0.hasSuffix(".txt") || $0 == "feeds-no-address.txt"
    }
    .filter { !$0.hasSuffix(".csv") && !$0.hasSuffix(".secret") }

    @Test(
        "A mistake is told with place, key, value, reason, remedy, line and caret (M56, rule 12)", arguments: names)
    func message(_ name: String) throws {
        let folder = Fixtures.directory + "mistakes/"
        chmod(folder + "world-readable.secret", 0o644)
        let told = Self.told(folder + name, name).replacing(folder, with: "")
        let golden = folder + (name.hasSuffix(".txt") ? name + ".txt" : "\(name.prefix { $0 != "." }).txt")
        if getenv("KAGU_RECORD") != nil {
            Fixtures.write(told + "\n", to: golden, mode: 0o644)
            Issue.record("recorded \(golden); look at the difference and run again without KAGU_RECORD")
            return
        }
        #expect(told + "\n" == Fixtures.text(golden))
    }

    private static func told(_ path: String, _ name: String) -> String {
        let loader = ConfigLoader(environment: [:])
        do {
            if name.hasPrefix("watches-") {
                _ = try loader.loadWatchlist([path])
            } else if name.hasPrefix("feeds-") {
                _ = try loader.load(path: nil, stateDirectory: "/nowhere", feedPatterns: [path])
            } else {
                _ = try loader.load(path: path, stateDirectory: nil, feedPatterns: [])
            }
            return "nothing wrong"
        } catch {
            return "\(error)"
        }
    }

    @Test("Messages begin in lower case and have no full stop (rule 12)", arguments: names)
    func form(_ name: String) throws {
        let golden = name.hasSuffix(".txt") ? name + ".txt" : "\(name.prefix { $0 != "." }).txt"
        let text = try #require(Fixtures.text(Fixtures.directory + "mistakes/" + golden))
        for line in text.split(separator: "\n") where !line.hasPrefix("    ") {
            #expect(!line.hasSuffix("."))
            #expect(line != "nothing wrong")
        }
    }
}
