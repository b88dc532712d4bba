// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu watches graph (M53)")
struct WatchGraphTests {
    private func lines(_ ids: [String] = ["strikes", "union"]) throws -> [Substring] {
        let matcher = try WatchFiles().matcher()
        let watches = matcher.watchlist.watches.filter { ids.contains($0.id) }
        return WatchGraph(matcher.watchlist, watches: watches) { matcher.edges(ofWatch: $0) ?? [] }.dot
            .split(separator: "\n")
    }

    @Test("it is DOT: one digraph, statements end with a semicolon, both ends of every edge are declared")
    func isDOT() throws {
        let lines = try lines()
        #expect(lines.first == "digraph watches {" && lines.last == "}")
        var declared: Set<Substring> = []
        var ends: [Substring] = []
        for line in lines.dropFirst().dropLast() {
            let text = line.drop { $0 == " " }
            let opens = text.hasPrefix("subgraph"), closes = text == "}"
            #expect(opens || closes || text.hasSuffix(";"), "\(text)")
            #expect(text.replacing("\\\"", with: "").filter { $0 == "\"" }.count.isMultiple(of: 2), "\(text)")
            guard text.hasPrefix("\"") else { continue }
            let names = text.split(separator: "\"", omittingEmptySubsequences: false)
            if text.contains("->") { ends += [names[1], names[3]] } else { declared.insert(names[1]) }
        }
        #expect(lines.filter { $0.hasSuffix("{") }.count == lines.filter { $0.hasSuffix("}") }.count)
        #expect(!ends.isEmpty && ends.allSatisfy(declared.contains))
    }

    @Test("a watch leads to what it names, a group to its members, a topic to its bonuses")
    func edges() throws {
        let text = try lines().joined(separator: "\n")
        #expect(text.contains("  \"strikes\" -> \"topic.strike\";"))
        #expect(
            text.contains("  \"strikes\" -> \"topic.sport\" [style=dashed, color=\"#cc0000\", label=\"unless\"];"))
        #expect(text.contains("  \"group.islands\" -> \"place.atoll\" [arrowhead=none, color=\"#8e7cc3\"];"))
        #expect(text.contains("  \"topic.strike\" -> \"group.islands\" [style=dotted, label=\"bonus\"];"))
    }

    @Test("only what the chosen watches rest on is drawn, and the legend has only its kinds")
    func chosen() throws {
        let text = try lines(["union"]).joined(separator: "\n")
        #expect(text.contains("\"org.union\" [label=\"Harbour Union\\norg.union\""))
        #expect(!text.contains("place.lagoon") && !text.contains("topic.strike"))
        #expect(text.contains("\"legend organisation\"") && !text.contains("\"legend place\""))
        #expect(text.contains("\"legend watch, medium\"") && !text.contains("\"legend watch, high\""))
    }

    @Test("quotation marks, backslashes and controls in titles are harmless")
    func quoting() {
        #expect(WatchGraph.quoted("a\"b\\c\nd\u{1}") == #""a\"b\\c\nd ""#)
    }
}
