// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Where a hit goes: the receiver of the route that took it, with the route's settings after inheritance (R3).
public struct Destination: Hashable, Sendable {
    /// The receiver's name.
    public var receiver: String
    /// The route's name, else its path: what messages show (W2) and what survives a reload (R14).
    public var route: String
    /// Labels whose values make a group.
    public var groupBy: [GroupLabel]
    /// From a new group's first hit to its first alert.
    public var groupWait: Duration
    /// Between two alerts of a group, at least.
    public var groupInterval: Duration
    /// Messages an hour at most, for this route and receiver (R12).
    public var maximumPerHour: Int
    /// Which updates of a story are told (R6).
    public var updates: UpdateRule
    /// When messages are held; nil: never (R9).
    public var quietHours: QuietHours?
    /// When digests are due; nil: hits are told as they come (R10).
    public var digest: DigestTimes?

    /// A destination; unless given, the settings are the defaults of R1.
    public init(
        receiver: String, route: String = "route", groupBy: [GroupLabel] = [.story, .watch],
        groupWait: Duration = .seconds(30), groupInterval: Duration = .seconds(300), maximumPerHour: Int = 20,
        updates: UpdateRule = .steps, quietHours: QuietHours? = nil, digest: DigestTimes? = nil
    ) {
        self.receiver = receiver
        self.route = route
        self.groupBy = groupBy
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.maximumPerHour = maximumPerHour
        self.updates = updates
        self.quietHours = quietHours
        self.digest = digest
    }

    /// The group that a hit belongs to here (R4).
    public func group(for hit: Hit) -> AlertGroup {
        AlertGroup(route: route, labels: groupBy.map { .init(label: $0, value: Self.value(of: $0, in: hit)) })
    }

    private static func value(of label: GroupLabel, in hit: Hit) -> String {
        switch label {
        case .story: hit.story
        case .watch: hit.watches.first ?? ""
        case .entity: hit.entities.first ?? ""
        case .severity: hit.severity.rawValue
        case .feed: hit.feed.id
        case .class: hit.feed.sourceClass.rawValue
        case .lang: hit.lang
        case .country: hit.feed.country ?? ""
        }
    }
}

/// A route and the values of its `group_by` labels: hits that share them are told together (R4).
public struct AlertGroup: Hashable, Sendable {
    /// A label with its value.
    public struct Label: Hashable, Sendable {
        /// The label.
        public var label: GroupLabel
        /// Its value; empty when the hit has none.
        public var value: String

        /// A label with its value.
        public init(label: GroupLabel, value: String) {
            self.label = label
            self.value = value
        }
    }

    /// The route's name, else its path.
    public var route: String
    /// In the order of `group_by`.
    public var labels: [Label]

    /// A group.
    public init(route: String, labels: [Label]) {
        self.route = route
        self.labels = labels
    }

    /// The group as one string, equal exactly when the groups are: `route="urgent",story="s_7f3k2m9q"`.
    public var key: String {
        ([("route", route)] + labels.map { ($0.label.rawValue, $0.value) })
            .map { "\($0)=\"\(Self.escaped($1))\"" }
            .joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in value.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { out.append("\\") }
            out.append(scalar)
        }
        return String(out)
    }
}
