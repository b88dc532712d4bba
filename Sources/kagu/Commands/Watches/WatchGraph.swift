// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// A drawing of what watches rest on, in Graphviz DOT (M53): watches on the left, then groups and topics, then
/// entities; a shape and a colour for each kind, told in a legend.
struct WatchGraph {
    private let watches: [Watch]
    private let edges: [WatchEdge]
    private let entities: [Entity]
    private let groups: [EntityGroup]
    private let topics: [Topic]

    /// A graph of some watches; `edges` gives those below one of them.
    init(_ watchlist: Watchlist, watches: [Watch], edges: (String) -> [WatchEdge]) {
        self.watches = watches
        var known: Set<WatchEdge> = []
        self.edges = watches.flatMap { edges($0.id) }.filter { known.insert($0).inserted }
        let used = Set(self.edges.map(\.to))
        entities = watchlist.entities.filter { used.contains($0.id) }
        groups = watchlist.groups.filter { used.contains($0.id) }
        topics = watchlist.topics.filter { used.contains($0.id) }
    }

    /// The document.
    var dot: String {
        var lines = [
            "digraph watches {", "  rankdir=LR;", "  node [fontname=\"Helvetica\", fontsize=11];",
            "  edge [fontname=\"Helvetica\", fontsize=9, color=\"#666666\"];",
        ]
        lines += watches.map { node($0.id, "\($0.id)\n\($0.title)", Look.watch($0.severity)) }
        lines += groups.map { node($0.id, $0.id, .group) }
        lines += topics.map { node($0.id, "\($0.id)\nfrom \($0.threshold)", .topic) }
        lines += entities.map { node($0.id, "\($0.name)\n\($0.id)", .entity($0.kind)) }
        lines += edges.map(line)
        return (lines + legend + ["}"]).map { $0 + "\n" }.joined()
    }

    /// What a kind of node looks like.
    private struct Look: Hashable {
        var shape: String
        var fill: String

        static func watch(_ severity: Severity) -> Look {
            switch severity {
            case .low: Look(shape: "box", fill: "#eeeeee")
            case .medium: Look(shape: "box", fill: "#ffe9a8")
            case .high: Look(shape: "box", fill: "#ffc48a")
            case .critical: Look(shape: "box", fill: "#ff9c9c")
            }
        }

        static let group = Look(shape: "folder", fill: "#e3d9f2")
        static let topic = Look(shape: "hexagon", fill: "#d9ead3")

        static func entity(_ kind: EntityKind) -> Look {
            switch kind {
            case .person: Look(shape: "ellipse", fill: "#cfe2f3")
            case .organisation: Look(shape: "ellipse", fill: "#9fc5e8")
            case .media: Look(shape: "ellipse", fill: "#b4e3e0")
            case .platform: Look(shape: "ellipse", fill: "#c9d6df")
            case .people: Look(shape: "ellipse", fill: "#ead1dc")
            case .place: Look(shape: "ellipse", fill: "#f6e6cf")
            case .event: Look(shape: "ellipse", fill: "#fff2cc")
            }
        }
    }

    private func node(_ id: String, _ label: String, _ look: Look) -> String {
        "  \(Self.quoted(id)) [label=\(Self.quoted(label)), shape=\(look.shape), style=filled, "
            + "fillcolor=\"\(look.fill)\"];"
    }

    private func line(_ edge: WatchEdge) -> String {
        let style =
            switch edge.role {
            case .when: ""
            case .unless: " [style=dashed, color=\"#cc0000\", label=\"unless\"]"
            case .member: " [arrowhead=none, color=\"#8e7cc3\"]"
            case .bonus: " [style=dotted, label=\"bonus\"]"
            }
        return "  \(Self.quoted(edge.from)) -> \(Self.quoted(edge.to))\(style);"
    }

    /// Only the kinds that occur.
    private var legend: [String] {
        var entries: [(String, Look)] = []
        for severity in [Severity.critical, .high, .medium, .low]
        where watches.contains(where: { $0.severity == severity }) {
            entries.append(("watch, \(severity.rawValue)", .watch(severity)))
        }
        if !groups.isEmpty { entries.append(("group", .group)) }
        if !topics.isEmpty { entries.append(("topic", .topic)) }
        for kind in EntityKind.allCases where entities.contains(where: { $0.kind == kind }) {
            entries.append((kind.rawValue, .entity(kind)))
        }
        guard !entries.isEmpty else { return [] }
        // A space, so that a legend's node can be no id of the files.
        let nodes = entries.map { "  " + node("legend \($0.0)", $0.0, $0.1) }
        let chain = entries.map { Self.quoted("legend \($0.0)") }.joined(separator: " -> ")
        return ["  subgraph cluster_legend {", "    label=\"Legend\"; fontname=\"Helvetica\"; fontsize=11;"] + nodes
            + (entries.count > 1 ? ["    \(chain) [style=invis];"] : []) + ["  }"]
    }

    /// A quoted string of DOT: only the quotation mark, the backslash and line ends need care.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
