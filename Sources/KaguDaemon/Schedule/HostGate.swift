// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How many requests an authority may have in flight, how far apart their starts must lie (P27), and how long it is
/// to be left alone (P21): a value over the monotonic clock, one for each authority.
struct HostGate: Hashable, Sendable {
    /// Requests in flight at most.
    private(set) var maximumInFlight: Int
    /// The least time between two starts.
    private(set) var spacing: Duration
    /// Requests in flight now.
    private(set) var inFlight = 0
    /// The earliest instant of the next start by the spacing, on the monotonic clock.
    private(set) var nextStart: Duration = .zero
    /// No start before this, by order of the publisher (429), on the monotonic clock.
    private(set) var heldUntil: Duration = .zero

    /// An open gate.
    init(maximumInFlight: Int, spacing: Duration) {
        self.maximumInFlight = max(1, maximumInFlight)
        self.spacing = spacing
    }

    /// Whether a request may start at `now`.
    func isOpen(at now: Duration) -> Bool { hasFreeSlot && now >= opening }

    /// Whether only time, no request in flight, keeps the gate closed.
    var hasFreeSlot: Bool { inFlight < maximumInFlight }

    /// When time opens it, on the monotonic clock.
    var opening: Duration { max(nextStart, heldUntil) }

    /// Whether the publisher has asked to be left alone at `now`.
    func isHeld(at now: Duration) -> Bool { now < heldUntil }

    /// Whether nothing is in flight and nothing remembers the last start or a hold any more.
    func isIdle(at now: Duration) -> Bool { inFlight == 0 && now >= opening }

    /// The same gate under the limits of a new configuration; what is in flight stays so.
    func adopting(_ limits: Scheduler.Limits) -> HostGate {
        var gate = self
        gate.maximumInFlight = max(1, limits.inFlightPerHost)
        gate.spacing = limits.spacingPerHost
        return gate
    }

    /// A request starts.
    mutating func enter(at now: Duration) {
        inFlight += 1
        restartSpacing(at: now)
    }

    /// The request that entered leaves only now: its start was stored first (P20).
    mutating func restartSpacing(at now: Duration) { nextStart = max(nextStart, now + spacing) }

    /// A request has ended.
    mutating func leave() {
        precondition(inFlight > 0, "a request leaves a gate that it entered")
        inFlight -= 1
    }

    /// The publisher asks to be left alone; a hold that lasts longer stays.
    mutating func hold(until deadline: Duration) { heldUntil = max(heldUntil, deadline) }
}
