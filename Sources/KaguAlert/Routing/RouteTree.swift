// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The route tree, ready to be asked where a hit goes (R2, R3).
///
/// Depth first: the deepest node that matches takes the hit, and siblings after a match are tried only if that
/// node says `continue: true`. Unset keys are inherited from the parent, at the root from R1.
public struct RouteTree: Hashable, Sendable {
    private struct Node: Hashable, Sendable {
        let destination: Destination
        let matchers: [CompiledMatcher]
        let continues: Bool
        let children: [Node]
    }

    private let root: Node

    /// A tree whose expressions the loader has accepted.
    public init(root: Route) {
        self.root = Self.node(root, under: Destination(receiver: Route.noReceiver))
    }

    /// The destinations that are owed a hit, in tree order: each receiver once (D5), `none` left out.
    public func destinations(for hit: Hit) -> [Destination] {
        var told: Set<String> = [Route.noReceiver]
        return matches(for: AlertLabels(hit)).filter { told.insert($0.receiver).inserted }
    }

    /// All nodes that take what has these labels, `none` and repeated receivers included; never empty.
    public func matches(for labels: AlertLabels) -> [Destination] {
        Self.matches(of: root, for: labels)
    }

    /// The destinations of a health notice (R15): only those of routes that name `type`, themselves or by a parent;
    /// each receiver once. None: it goes to the fallback.
    public func healthDestinations(for labels: AlertLabels) -> [Destination] {
        var told: Set<String> = [Route.noReceiver]
        return Self.matches(of: root, for: labels, namesType: false)
            .filter { $0.namesType && told.insert($0.destination.receiver).inserted }.map(\.destination)
    }

    /// The settings of the route with this name or path, where it still sends to `receiver`; nil after a reload has
    /// removed it.
    public func destination(route: String, receiver: String) -> Destination? {
        var rest = [root]
        while let node = rest.popLast() {
            if node.destination.route == route, node.destination.receiver == receiver { return node.destination }
            rest += node.children
        }
        return nil
    }

    private static func matches(of node: Node, for labels: AlertLabels) -> [Destination] {
        var found: [Destination] = []
        for child in node.children where child.matchers.allSatisfy({ $0.holds(for: labels) }) {
            found += matches(of: child, for: labels)
            if !child.continues { break }
        }
        return found.isEmpty ? [node.destination] : found
    }

    private static func matches(
        of node: Node, for labels: AlertLabels, namesType: Bool
    ) -> [(destination: Destination, namesType: Bool)] {
        var found: [(destination: Destination, namesType: Bool)] = []
        for child in node.children where child.matchers.allSatisfy({ $0.holds(for: labels) }) {
            found += matches(
                of: child, for: labels, namesType: namesType || child.matchers.contains { $0.looksAt(.type) })
            if !child.continues { break }
        }
        return found.isEmpty ? [(node.destination, namesType)] : found
    }

    private static func node(_ route: Route, under parent: Destination) -> Node {
        let destination = Destination(
            receiver: route.receiver ?? parent.receiver,
            route: route.name ?? route.path,
            groupBy: route.groupBy ?? parent.groupBy,
            groupWait: route.groupWait ?? parent.groupWait,
            groupInterval: route.groupInterval ?? parent.groupInterval,
            maximumPerHour: route.maximumPerHour ?? parent.maximumPerHour,
            updates: route.updates ?? parent.updates,
            quietHours: route.quietHours ?? parent.quietHours,
            digest: route.digest ?? parent.digest)
        return Node(
            destination: destination,
            matchers: route.matchers.map(CompiledMatcher.init),
            continues: route.continues,
            children: route.routes.map { node($0, under: destination) })
    }
}
