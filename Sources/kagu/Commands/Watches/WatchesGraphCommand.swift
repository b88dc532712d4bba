// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguMatch
import KaguModel

/// `kagu watches graph`: what each watch rests on, for Graphviz (M53).
struct WatchesGraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw what each watch rests on.",
        discussion: """
            Prints Graphviz DOT: kagu watches graph unrest | dot -Tsvg > unrest.svg. Groups are shown with their \
            members, topics with what their bonuses name.
            """)

    @OptionGroup var source: WatchSourceOptions

    @Argument(help: "Ids of watches (default: all that are enabled).")
    var ids: [String] = []

    func run() throws {
        let watchlist = try source.sound(Wiring.ofProcess()).watchlist
        let matcher = try source.matcher(watchlist)
        let known = watchlist.watches.map(\.id)
        for id in ids where !known.contains(id) {
            throw CommandFailure(
                "watches graph: there is no watch \"\(id)\"\(Suggestion.clause(for: id, among: known))")
        }
        let chosen = watchlist.watches.filter { ids.isEmpty ? $0.isEnabled : ids.contains($0.id) }
        let graph = WatchGraph(watchlist, watches: chosen) { matcher.edges(ofWatch: $0) ?? [] }
        try StandardOutput.write(graph.dot)
        if chosen.isEmpty { throw ExitStatus.negative }
    }
}
