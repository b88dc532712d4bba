// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Turns at the gates of authorities, and the pauses that these ask for (P21, P26, P27).
extension Scheduler {
    /// Lets in whoever is first at each open gate, while there are slots; the urgent before all others.
    func serve(at now: Duration) {
        isChoked = false
        while inFlight < limits.concurrency, let authority = urgentOpenings.popDue(at: now) {
            book.change(authority, limits) { $0.isAnnouncedUrgent = false }
            serveUrgent(authority, at: now)
            announce(authority)
        }
        guard !isDraining, inFlight < limits.concurrency, let earliest = openings.earliest, earliest <= now else {
            return
        }
        isChoked = isChoked || !plan.mayStart()
        while !isChoked, inFlight < limits.concurrency, let authority = openings.popDue(at: now) {
            book.change(authority, limits) { $0.isAnnounced = false }
            serveFeed(authority, at: now)
            announce(authority)
        }
    }

    private func serveUrgent(_ authority: Int32, at now: Duration) {
        while book[authority]?.host.isOpen(at: now) ?? false {
            switch book.change(authority, limits, { $0.line.nextUrgent() }) {
            case nil:
                return
            case .hop(let continuation):
                enter(authority, at: now)
                waitingHops -= 1
                continuation.resume(returning: .granted)
                return
            case .feed(let ticket):
                guard places.isValid(ticket) else { continue }
                takeOff(ticket.number, from: authority, at: now)
                return
            }
        }
    }

    private func serveFeed(_ authority: Int32, at now: Duration) {
        while book[authority]?.host.isOpen(at: now) ?? false,
            let ticket = book.change(authority, limits, { $0.line.nextFeed() })
        {
            guard places.isValid(ticket) else { continue }
            takeOff(ticket.number, from: authority, at: now)
            return
        }
    }

    /// Takes a slot and a turn.
    func enter(_ authority: Int32, at now: Duration) {
        inFlight += 1
        book.change(authority, limits) { $0.host.enter(at: now) }
    }

    /// Gives a turn back. What piles up at the gates is forgotten when it is much.
    func leave(_ authority: Int32) {
        book.change(authority, limits) { $0.host.leave() }
        announce(authority)
        book.tidyGates(at: time.monotonic())
    }

    /// The last request of a poll has been answered well: who waits at that gate need not wait until the poll is
    /// stored. A poll that was refused keeps its turn, because its end may hold the authority.
    func requestsEnded(of feedID: String) {
        guard let number = places.number(of: feedID), let turn = flights[number]?.turn,
            let line = book[turn]?.line, !line.isEmpty
        else { return }
        flights[number]?.turn = nil
        leave(turn)
        pump()
    }

    /// Leaves an authority alone until `until` (P21). Who waits there and cannot wait so long is told.
    func hold(_ authority: Authority, until: Instant, at now: Duration) {
        let wait = min(until - time.wall(), Self.longestWait)
        guard wait > .zero else { return }
        let number = book.number(of: authority)
        book.change(number, limits) { $0.host.hold(until: now + wait) }
        for waiter in book.change(number, limits, { $0.line.allUrgent() }) {
            switch waiter {
            case .hop(let continuation):
                waitingHops -= 1
                inFlight += 1
                continuation.resume(returning: .held(until: until))
            case .feed(let ticket) where places.isValid(ticket):
                giveUpOrder(of: ticket.number, .held(until: until), at: now)
            case .feed: break
            }
        }
        guard plan.isOnce else { return }
        for ticket in book.change(number, limits, { $0.line.allFeeds() }) where places.isValid(ticket) {
            _ = places.move(ticket.number, to: .idle)
        }
    }

    /// When an authority may be asked again, by the wall clock; nil when it is not held.
    func holdEnd(_ authority: Int32, at now: Duration) -> Instant? {
        guard let host = book[authority]?.host, host.isHeld(at: now) else { return nil }
        return time.wall() + (host.heldUntil - now)
    }
}
