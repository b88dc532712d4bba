// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The authorities by number, and the gates and lines of those that have any: a value. Gates that remember nothing
/// are forgotten, so that an idle feed costs its authority's name and no more (B14).
struct GateBook: Sendable {
    /// A gate with those who wait before it.
    struct Gate: Sendable {
        var host: HostGate
        var line = HostLine()
        /// Whether it stands in the queue of gates for feeds, and in that for the urgent.
        var isAnnounced = false
        var isAnnouncedUrgent = false
    }

    private var numbers: [Authority: Int32] = [:]
    private var free: [Int32] = []
    private var gates: [Int32: Gate] = [:]
    private var gatesAtMost = 128
    private var numbersAtMost = 256

    /// The number of an authority, made where there is none.
    mutating func number(of authority: Authority) -> Int32 {
        if let number = numbers[authority] { return number }
        let number = free.popLast() ?? Int32(numbers.count + free.count)
        numbers[authority] = number
        return number
    }

    /// How many authorities are known by number.
    var count: Int { numbers.count }

    /// The gate of an authority; nil while nothing waits, flies or is remembered there.
    subscript(number: Int32) -> Gate? { gates[number] }

    /// Changes a gate in place; an open one of `limits` where there is none.
    mutating func change<Value>(
        _ number: Int32, _ limits: Scheduler.Limits, _ body: (inout Gate) -> Value
    ) -> Value {
        body(&gates[number, default: Gate(host: HostGate(limits))])
    }

    /// Puts all gates under the limits of a new configuration.
    mutating func adopt(_ limits: Scheduler.Limits) {
        gates = gates.mapValues { gate in
            var gate = gate
            gate.host = gate.host.adopting(limits)
            return gate
        }
    }

    /// Forgets a gate if nothing needs it.
    private mutating func forgetGate(_ number: Int32, at now: Duration) {
        guard let gate = gates[number], gate.line.isEmpty, !gate.isAnnounced, !gate.isAnnouncedUrgent,
            gate.host.isIdle(at: now)
        else { return }
        gates[number] = nil
    }

    /// Forgets gates that remember nothing, once they are twice as many as after the last time.
    mutating func tidyGates(at now: Duration) {
        guard gates.count > gatesAtMost else { return }
        for number in Array(gates.keys) { forgetGate(number, at: now) }
        gatesAtMost = max(128, 2 * gates.count)
    }

    /// Whether so many authorities have piled up that `forget` is worth its time.
    var isCrowded: Bool { numbers.count > numbersAtMost }

    /// Forgets the authorities that no feed (`used`) and no gate needs.
    mutating func forget(unless used: Set<Int32>) {
        for (authority, number) in numbers where !used.contains(number) && gates[number] == nil {
            numbers[authority] = nil
            free.append(number)
        }
        numbersAtMost = max(256, 2 * numbers.count)
    }

    /// The numbers of all gates with someone in line.
    var linesInUse: [Int32] { gates.filter { !$0.value.line.isEmpty }.map(\.key) }
}

extension HostGate {
    /// An open gate of a configuration.
    init(_ limits: Scheduler.Limits) {
        self.init(maximumInFlight: limits.inFlightPerHost, spacing: limits.spacingPerHost)
    }
}

/// Those who wait for their turn at one authority: first who is on the way already or was asked for, then the feeds
/// whose time has come, each in order.
struct HostLine: Sendable {
    /// Who goes before the feeds.
    enum Urgent: Sendable {
        /// A redirect hop, or a visit.
        case hop(CheckedContinuation<HopTurn, Never>)
        /// A feed that an operator has asked for, or that probes the uplink.
        case feed(FeedTicket)
    }

    private(set) var urgent: [Urgent] = []
    private var feeds: [FeedTicket] = []
    private var served = 0

    /// Whether anyone goes before the feeds.
    var hasUrgent: Bool { !urgent.isEmpty }
    /// Whether a feed stands in line; its ticket may be void.
    var hasFeeds: Bool { served < feeds.count }
    /// Whether no one waits.
    var isEmpty: Bool { !hasUrgent && !hasFeeds }

    mutating func append(_ ticket: FeedTicket) { feeds.append(ticket) }
    mutating func append(_ waiter: Urgent) { urgent.append(waiter) }

    /// Takes the first of the urgent.
    mutating func nextUrgent() -> Urgent? { urgent.isEmpty ? nil : urgent.removeFirst() }

    /// Takes all the urgent.
    mutating func allUrgent() -> [Urgent] {
        defer { urgent = [] }
        return urgent
    }

    /// Takes the first feed.
    mutating func nextFeed() -> FeedTicket? {
        guard hasFeeds else { return nil }
        defer {
            served += 1
            if served == feeds.count { (feeds, served) = ([], 0) }
        }
        return feeds[served]
    }

    /// Takes all feeds.
    mutating func allFeeds() -> ArraySlice<FeedTicket> {
        defer { (feeds, served) = ([], 0) }
        return feeds[served...]
    }
}
