// SPDX-License-Identifier: Apache-2.0

/// Reads the configuration again; answers when it is in force, or is refused with its first problem (O5).
public struct Reload: ControlVerb {
    /// `reload`.
    public static let name = ControlVerbName.reload

    /// Reloads.
    public init() {}

    /// What is in force now.
    public struct Answer: Codable, Hashable, Sendable {
        /// Enabled feeds.
        public var feeds: Int
        /// Watches.
        public var watches: Int

        /// What is in force.
        public init(feeds: Int, watches: Int) {
            self.feeds = feeds
            self.watches = watches
        }
    }
}

/// How the daemon is doing (O24).
public struct DaemonStatus: ControlVerb {
    /// `status`.
    public static let name = ControlVerbName.status

    /// Asks.
    public init() {}

    /// What only the daemon itself knows; the rest is in its files.
    public struct Answer: Codable, Hashable, Sendable {
        /// Its process number.
        public var pid: Int32
        /// Its version.
        public var version: String
        /// The configuration it runs with; nil where there is no file.
        public var configuration: String?
        /// When it started.
        public var started: Instant
        /// When the configuration in force was loaded.
        public var loaded: Instant
        /// Why the last reload was refused; nil when it was not (O5).
        public var reloadRefusal: String?
        /// Enabled feeds.
        public var feeds: Int
        /// Watches.
        public var watches: Int
        /// Hit lines since the start.
        public var hits: Int
        /// What its scheduler is busy with.
        public var polls: Polls

        /// How it is doing.
        public init(
            pid: Int32, version: String, configuration: String?, started: Instant, loaded: Instant,
            reloadRefusal: String? = nil, feeds: Int, watches: Int, hits: Int, polls: Polls
        ) {
            self.pid = pid
            self.version = version
            self.configuration = configuration
            self.started = started
            self.loaded = loaded
            self.reloadRefusal = reloadRefusal
            self.feeds = feeds
            self.watches = watches
            self.hits = hits
            self.polls = polls
        }
    }

    /// The queues of the scheduler.
    public struct Polls: Codable, Hashable, Sendable {
        /// Polls and visits under way.
        public var inFlight: Int
        /// Redirects that wait for their turn.
        public var waitingHops: Int
        /// Feeds that will be polled unasked: not yet due, or due.
        public var waiting: Int
        /// Feeds whose time has come, and that wait for their turn.
        public var due: Int
        /// Whether nothing can be reached (P19).
        public var isOffline: Bool
        /// Accepted with a body since the start.
        public var accepted: Int
        /// Answered 304 since the start.
        public var unchanged: Int
        /// Not accepted since the start.
        public var failed: Int

        /// The queues.
        public init(
            inFlight: Int = 0, waitingHops: Int = 0, waiting: Int = 0, due: Int = 0, isOffline: Bool = false,
            accepted: Int = 0,
            unchanged: Int = 0, failed: Int = 0
        ) {
            self.inFlight = inFlight
            self.waitingHops = waitingHops
            self.waiting = waiting
            self.due = due
            self.isOffline = isOffline
            self.accepted = accepted
            self.unchanged = unchanged
            self.failed = failed
        }
    }
}
