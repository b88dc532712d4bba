// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One node of the route tree as the operator wrote it (R1–R3). Keys that are nil are inherited; at the root
/// they take the defaults of R1.
public struct Route: Hashable, Sendable {
    /// The receiver's name that stores a hit without telling anybody (R1).
    public static let noReceiver = "none"

    /// Its name; nil where it has none.
    public var name: String?
    /// `route` for the root, else as `route.routes[1]`.
    public var path: String
    /// All must hold; none always does (the root has none).
    public var matchers: [LabelMatcher]
    /// A receiver's name, or `none`.
    public var receiver: String?
    /// Whether siblings are tried after a match.
    public var continues: Bool
    /// Labels whose values make a group (R4).
    public var groupBy: [GroupLabel]?
    /// From a new group's first hit to its first alert.
    public var groupWait: Duration?
    /// Between two alerts of a group, at least.
    public var groupInterval: Duration?
    /// Messages an hour at most (R12).
    public var maximumPerHour: Int?
    /// Which updates of a story are told (R6).
    public var updates: UpdateRule?
    /// When messages are held (R9).
    public var quietHours: QuietHours?
    /// When digests are due (R10).
    public var digest: DigestTimes?
    /// Children, in file order.
    public var routes: [Route]

    /// A node; what is nil is inherited.
    public init(
        name: String? = nil, path: String = "route", matchers: [LabelMatcher] = [], receiver: String? = nil,
        continues: Bool = false, groupBy: [GroupLabel]? = nil, groupWait: Duration? = nil,
        groupInterval: Duration? = nil, maximumPerHour: Int? = nil, updates: UpdateRule? = nil,
        quietHours: QuietHours? = nil, digest: DigestTimes? = nil, routes: [Route] = []
    ) {
        self.name = name
        self.path = path
        self.matchers = matchers
        self.receiver = receiver
        self.continues = continues
        self.groupBy = groupBy
        self.groupWait = groupWait
        self.groupInterval = groupInterval
        self.maximumPerHour = maximumPerHour
        self.updates = updates
        self.quietHours = quietHours
        self.digest = digest
        self.routes = routes
    }
}

/// What `group_by` may name (R4).
public enum GroupLabel: String, Hashable, Sendable, CaseIterable {
    /// Labels of a hit; of those with several values the first counts.
    case story, watch, entity, severity, feed, `class`, lang, country
}
