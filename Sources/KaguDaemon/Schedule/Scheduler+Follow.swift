// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

extension Scheduler {
    /// Follows `plan` from now on. Known feeds keep their place unless their address has changed; `standings` are the
    /// stored ones, absent for feeds that were never polled, which are due at once. `holds` are those in force.
    func follow(_ plan: Plan, standings: [String: FeedStanding], holds: [AuthorityHold]) {
        let previous = self.plan
        self.plan = plan
        book.adopt(plan.limits)
        let now = time.monotonic()
        let wall = time.wall()
        // Nobody holds longer than that (P21): what seems so was stored under a clock that has been set back since.
        for hold in holds where hold.until - wall <= Self.longestHold {
            self.hold(Authority(named: hold.authority), until: hold.until, at: now)
        }
        dropUnlisted(at: now)
        let fresh = enlist(previous.feeds, standings)
        if previous.limits.hostGroups != plan.limits.hostGroups { regroup(standings, at: now) }
        place(fresh, standings, at: now)
        for authority in book.linesInUse { announce(authority) }
        book.forget(unless: Set(places.all.map { places[$0.number].authority }))
        pump()
    }

    /// Takes feeds out that are listed no more; those in flight go when they land.
    private func dropUnlisted(at now: Duration) {
        let listed = Set(plan.feeds.lazy.map(\.id))
        for (id, number) in Array(places.all) where !listed.contains(id) {
            places[number].index = -1
            if let order = orders.removeValue(forKey: number) { answer(order.requests, feedID: id, .unknownFeed) }
            if flights[number] == nil { places.remove(id) }
        }
    }

    /// Gives every listed feed a place; returns those whose place is to be found anew: the new ones, and those with
    /// another address.
    private func enlist(_ previous: [Feed], _ standings: [String: FeedStanding]) -> [FreshFeed] {
        var fresh: [FreshFeed] = []
        for (index, feed) in plan.feeds.enumerated() {
            guard let number = places.number(of: feed.id) else {
                let url = standings[feed.id]?.url ?? feed.url
                let authority = book.number(of: authority(of: url))
                fresh.append(
                    FreshFeed(
                        number: places.add(feed.id, index: Int32(index), authority: authority), isMoved: false))
                continue
            }
            let before = places[number].index
            places[number].index = Int32(index)
            // In flight the comparison is made at landing.
            guard flights[number] == nil, before >= 0, previous[Int(before)].url != feed.url else { continue }
            places[number].authority = book.number(of: authority(of: feed.url))
            fresh.append(FreshFeed(number: number, isMoved: true))
        }
        return fresh
    }

    private struct FreshFeed {
        let number: Int32
        /// Whether its listed address has changed: what is stored is about the old one.
        let isMoved: Bool
    }

    private func place(_ fresh: [FreshFeed], _ standings: [String: FeedStanding], at now: Duration) {
        let wall = time.wall()
        var overdue: [Int32] = []
        for feed in fresh {
            let number = feed.number
            let standing =
                feed.isMoved ? nil : standings[plan.feeds[Int(places[number].index)].id]
            places[number].isHalted = places[number].isPaused || standing?.isHalted ?? false
            let held = standing?.heldUntil.map { min($0 - wall, Self.longestWait) } ?? .zero
            places[number].heldUntil = held > .zero ? (now + held).milliseconds : 0
            let wait = max((standing?.nextDue ?? wall) - wall, held)
            _ = places.move(number, to: .idle)
            if places[number].isHalted || plan.isOnce && wait > .zero { continue }
            if standing?.nextDue != nil, wait <= .zero {
                overdue.append(number)
            } else {
                rest(number, for: wait, at: now)
            }
        }
        spread(overdue, at: now)
    }

    /// The host groups have changed: every feed's authority is named anew.
    private func regroup(_ standings: [String: FeedStanding], at now: Duration) {
        for (id, number) in Array(places.all) where places[number].index >= 0 {
            let url = standings[id]?.url ?? plan.feeds[Int(places[number].index)].url
            let authority = book.number(of: authority(of: url))
            guard places[number].authority != authority else { continue }
            places[number].authority = authority
            if places[number].phase == .inLine {
                if orders[number] != nil { lineUpOrder(of: number, at: now) } else { lineUp(number, at: now) }
            }
        }
    }
}
