// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One node of the route tree (R1–R12). Unset keys are nil and inherited; the root's are filled with defaults.
public struct RouteSettings: Hashable, Sendable {
    /// Its name, where it has one.
    public var name: String?
    /// `route` for the root, else as `route.routes[1]`.
    public var path: String
    /// All must hold; the root has none.
    public var matchers: [LabelMatcher] = []
    /// A receiver's name, or `none`.
    public var receiver: String?
    /// Whether siblings are tried after a match.
    public var continues: Bool = false
    /// Labels that make a group.
    public var groupBy: [GroupLabel]?
    /// Wait before a new group's first alert.
    public var groupWait: Duration?
    /// Wait between a group's alerts.
    public var groupInterval: Duration?
    /// Messages an hour at most.
    public var maximumPerHour: Int?
    /// When a told story is told again (R6).
    public var updates: Updates?
    /// When alerts are held (R9).
    public var quietHours: QuietHours?
    /// Sent as a digest at fixed times (R10).
    public var digest: DigestSchedule?
    /// Children, in file order.
    public var routes: [RouteSettings] = []
    /// Where it is defined.
    public var location: SourceLocation?

    /// A node that inherits everything.
    public init(path: String) {
        self.path = path
    }

    /// The root with R1's defaults: hits are stored, nobody is told.
    public static var root: RouteSettings {
        var root = RouteSettings(path: "route")
        root.receiver = "none"
        root.groupBy = [.story, .watch]
        root.groupWait = .seconds(30)
        root.groupInterval = .seconds(300)
        root.maximumPerHour = 20
        root.updates = .steps
        return root
    }

    /// What `group_by` may name.
    public enum GroupLabel: String, Hashable, Sendable, CaseIterable {
        /// Labels of a hit.
        case story, watch, entity, severity, feed, `class`, lang, country
    }

    /// Which updates of a story are told (R6).
    public enum Updates: String, Hashable, Sendable, CaseIterable {
        /// At outlet counts and severity rises; at every interval; never.
        case steps, all, none
    }

    /// A daily window in which alerts are held (R9).
    public struct QuietHours: Hashable, Sendable {
        /// IANA name.
        public var timeZone: String
        /// Minutes after local midnight.
        public var from: Int
        /// Minutes after local midnight; less than `from` where the window crosses midnight.
        public var to: Int
        /// That level and above pass.
        public var bypass: Severity?

        /// A window.
        public init(timeZone: String, from: Int, to: Int, bypass: Severity? = nil) {
            self.timeZone = timeZone
            self.from = from
            self.to = to
            self.bypass = bypass
        }
    }

    /// The times of a digest (R10).
    public struct DigestSchedule: Hashable, Sendable {
        /// The period.
        public var every: Duration
        /// 1 (Monday) – 7; nil: any day.
        public var weekday: Int?
        /// Minutes after local midnight; nil: counted from the epoch.
        public var at: Int?
        /// IANA name.
        public var timeZone: String

        /// A schedule.
        public init(every: Duration, weekday: Int? = nil, at: Int? = nil, timeZone: String) {
            self.every = every
            self.weekday = weekday
            self.at = at
            self.timeZone = timeZone
        }
    }
}
