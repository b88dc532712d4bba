// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One step of what a watch rests on (M53).
public struct WatchEdge: Hashable, Sendable {
    /// How the one rests on the other.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// Named in the watch's `when` or `unless`.
        case when, unless
        /// A group's member: an entity or another group.
        case member
        /// Named in a bonus of the topic.
        case bonus
    }

    /// The id of the watch, group or topic that rests on the other.
    public var from: String
    /// The id of the entity, group or topic.
    public var to: String
    /// How.
    public var role: Role

    /// An edge.
    public init(from: String, to: String, role: Role) {
        self.from = from
        self.to = to
        self.role = role
    }

    /// Every edge below a watch, breadth first.
    static func all(
        of watch: CompiledWatch, _ watchlist: Watchlist, _ compiled: CompiledWatchlist
    ) -> [WatchEdge] {
        let groups = Dictionary(watchlist.groups.map { ($0.id, $0.members.map(\.id)) }) { first, _ in first }
        let topics = Dictionary(compiled.topics.map { ($0.id, $0.bonuses.map(\.when)) }) { first, _ in first }
        var edges = edges(from: watch.watch.id, [watch.when], .when, compiled)
        if let unless = watch.unless { edges += self.edges(from: watch.watch.id, [unless], .unless, compiled) }
        var seen: Set<String> = []
        var at = 0
        while at < edges.count {
            let id = edges[at].to
            at += 1
            guard seen.insert(id).inserted else { continue }
            edges += (groups[id] ?? []).map { WatchEdge(from: id, to: $0, role: .member) }
            edges += self.edges(from: id, topics[id] ?? [], .bonus, compiled).filter { $0.to != id }
        }
        var known: Set<WatchEdge> = []
        return edges.filter { known.insert($0).inserted }
    }

    private static func edges(
        from id: String, _ expressions: [Expression], _ role: Role, _ compiled: CompiledWatchlist
    ) -> [WatchEdge] {
        expressions.flatMap(\.operands).compactMap { operand in
            switch operand.operand {
            case .entity(_, let name), .group(_, let name): WatchEdge(from: id, to: name, role: role)
            case .topic(let number, _): WatchEdge(from: id, to: compiled.topics[number].id, role: role)
            case .phrase: nil
            }
        }
    }
}
