// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguModel

/// A way through the route tree: the nodes from the root to the one that takes the hit, with the settings that hold
/// there after inheritance (R3).
struct RouteTrace: Hashable {
    /// From the root on.
    let nodes: [RouteSettings]

    /// The ways of what has these labels, in tree order; never empty.
    static func all(from root: RouteSettings, for labels: AlertLabels) -> [RouteTrace] {
        ways(from: [root], for: labels)
    }

    private static func ways(from nodes: [RouteSettings], for labels: AlertLabels) -> [RouteTrace] {
        var found: [RouteTrace] = []
        for child in nodes.last?.routes ?? []
        where child.matchers.allSatisfy({ $0.holds(for: labels) }) {
            found += ways(from: nodes + [child], for: labels)
            if !child.continues { break }
        }
        return found.isEmpty ? [RouteTrace(nodes: nodes)] : found
    }

    /// The name that messages show: the last node's, else its path.
    var route: String { nodes.last.map(\.shownName) ?? "route" }

    /// The receiver's name, or `none`.
    var receiver: String { inherited(\.receiver) ?? Route.noReceiver }

    /// Whether a node on the way looks at `type`: health notices take no other (R15).
    var namesType: Bool { nodes.contains { $0.matchers.contains { $0.label == .type } } }

    /// The nearest value that a node on the way sets.
    func inherited<Value>(_ key: (RouteSettings) -> Value?) -> Value? {
        nodes.reversed().lazy.compactMap(key).first
    }
}

extension RouteSettings {
    /// Its name, else its path.
    var shownName: String { name ?? path }
}

extension QuietHours {
    /// The window of a route; throws where its zone cannot be read here.
    init(_ settings: RouteSettings.QuietHours) throws {
        self.init(
            zone: try ZoneTable(named: settings.timeZone), from: settings.from, to: settings.to,
            bypass: settings.bypass)
    }
}

extension DigestTimes {
    /// The times of a route; throws where its zone cannot be read here.
    init(_ settings: RouteSettings.DigestSchedule) throws {
        self.init(
            every: settings.every, weekday: settings.weekday, at: settings.at,
            zone: try ZoneTable(named: settings.timeZone))
    }
}

extension ZoneTable {
    /// A zone of this machine.
    fileprivate init(named name: String) throws {
        guard name != "UTC" else {
            self = .utc
            return
        }
        guard let bytes = TimeZoneFile.bytes(of: name) else {
            throw CommandFailure("time zone \(name): its file cannot be read; install tzdata")
        }
        do {
            self = try ZoneTable(bytes)
        } catch {
            throw CommandFailure("time zone \(name): \(error); reinstall tzdata")
        }
    }
}
