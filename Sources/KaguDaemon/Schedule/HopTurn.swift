// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The answer to a poll that is redirected to another authority (P27).
enum HopTurn: Hashable, Sendable {
    /// Its turn has come.
    case granted
    /// That authority is held: the poll ends as `throttled` (P21).
    case held(until: Instant)
}

/// What became of a visit that is no poll: discovery, or a test (P27).
enum VisitOutcome<Value: Sendable>: Sendable {
    /// It was made.
    case done(Value)
    /// The authority is held (P21).
    case held(until: Instant)
}

extension VisitOutcome: Equatable where Value: Equatable {}

/// What became of an operator's order to poll a feed now.
enum PollNowAnswer: Hashable, Sendable {
    /// It was polled.
    case done(PollSummary)
    /// Publisher or authority asked for a pause (P21).
    case held(until: Instant)
    /// No such feed is polled.
    case unknownFeed
    /// The daemon stops.
    case stopping
}

/// What the scheduler is busy with, at one moment.
struct SchedulerLoad: Hashable, Sendable {
    /// Polls and visits under way, each with a slot; those whose start is being stored are among them, waiting hops
    /// are not.
    var inFlight = 0
    /// Hops that wait for their turn.
    var waitingHops = 0
    /// Polls whose start is being stored.
    var starting = 0
    /// Feeds that are not in flight and will be polled unasked: not yet due, or due.
    var waiting = 0
    /// Feeds whose time has come, and that wait for a gate, a slot or the uplink.
    var due = 0
    /// Whether the uplink is down (P19).
    var isOffline = false
}
