// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// Rate caps: what a route may still send, and the overflow that becomes one digest (R12).
extension Courier {
    /// How many more new messages of a route fit into the hour (R12): what was bound and what was delivered in it,
    /// and what is due but was bound before.
    func room(_ destination: Destination, _ round: BindingRound) async throws(StoreError) -> Int {
        let key = RouteAndReceiver(route: destination.route, receiver: destination.receiver)
        let now = round.now
        let free = min(cap(bound, key).remaining(at: now), cap(sent, key).remaining(at: now))
        // While nothing gets through, what is owed piles up; it becomes a digest when the receiver is back (D11).
        guard !breaker(key.receiver).isProbing else { return free - (round.messages[key] ?? 0) }
        let backlog = try await store.backlog(
            receiver: key.receiver, route: key.route, dueAt: now, boundBefore: now - RateCap.window)
        return free - (round.messages[key] ?? 0) - backlog
    }

    /// Puts what exceeds the cap into the route's overflow. With one message left it ends after `group_interval`, with
    /// none when the window has slid.
    func overflow(
        _ owed: [OwedHit], _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) {
        let until = try await overflowEnd(destination, round)
        round.hold(owed, .rateCap, destination, until: until) {
            "waits for room under \(destination.maximumPerHour) messages an hour: in a digest at \($0)"
        }
    }

    private func overflowEnd(
        _ destination: Destination, _ round: BindingRound
    ) async throws(StoreError) -> Instant {
        let key = RouteAndReceiver(route: destination.route, receiver: destination.receiver)
        let free = max(cap(bound, key).nextFree(at: round.now), cap(sent, key).nextFree(at: round.now))
        let hasRoom = try await room(destination, round) >= 1
        return hasRoom || free <= round.now ? round.now + destination.groupInterval : free
    }

    func endOverflow(
        _ owed: [OwedHit], _ group: GroupRecord, _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) {
        guard try await room(destination, round) >= 1 else {
            var waiting = group
            waiting.deadline = try await overflowEnd(destination, round)
            return round.set(waiting, interval: .zero)
        }
        try await bindDigest(round.passSilences(owed), .rateCap, destination, &round)
    }
}
