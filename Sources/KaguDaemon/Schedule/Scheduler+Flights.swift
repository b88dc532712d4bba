// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// The way of a poll from take-off to landing.
extension Scheduler {
    /// A feed's turn has come: its poll begins as soon as its start is stored.
    func takeOff(_ number: Int32, from authority: Int32, at now: Duration) {
        let order = orders.removeValue(forKey: number)
        _ = places.move(number, to: .inFlight)
        enter(authority, at: now)
        flights[number] = Flight(
            feed: plan.feeds[Int(places[number].index)],
            order: PollOrder(isFull: order?.isFull ?? false, isProbe: watch.isDown), turn: authority,
            requests: order?.requests ?? [])
        starting.append(number)
    }

    /// Stores the starts of polls, then begins them. Those that come up meanwhile share the next turn.
    func launch() {
        guard !starting.isEmpty, !isLaunching else { return }
        isLaunching = true
        Task(executorPreference: pollExecutor) { [self] in await beginPolls() }
    }

    private func beginPolls() async {
        while !starting.isEmpty {
            let batch = starting
            starting = []
            storing = batch.count
            let plan = plan
            await clockSteps?.value
            await plan.begin(batch.compactMap { flights[$0]?.feed })
            storing = 0
            let now = time.monotonic()
            for number in batch {
                if let turn = flights[number]?.turn {
                    book.change(turn, limits) { $0.host.restartSpacing(at: now) }
                }
                // All that a poll does in between its waits runs on this queue: 10,000 polls a round wake nobody.
                flights[number]?.task = Task(executorPreference: pollExecutor) { [self] in await fly(number, plan) }
            }
        }
        isLaunching = false
    }

    private func fly(_ number: Int32, _ plan: Plan) async {
        guard let flight = flights[number] else { return }
        let end = await plan.poll(flight.feed, flight.order, self)
        if end.contact == .answered, watch.answered() { await comeOnline(plan) }
        land(number, end)
    }

    private func land(_ number: Int32, _ end: PollEnd) {
        let now = time.monotonic()
        // Before it is taken out: what it has stored is by the clock as it is now.
        noteClock(at: now)
        guard let flight = flights.removeValue(forKey: number) else { return }
        if flight.hasSlot { inFlight -= 1 }
        if let turn = flight.turn { leave(turn) }
        settleCounted(number)
        if let hold = end.hold { self.hold(Authority(named: hold.authority), until: hold.until, at: now) }
        answer(flight.requests, feedID: flight.feed.id, .done(end.summary))
        replace(number, flight.feed, end, at: now)
        landed(flight.feed.id)
        pump()
    }

    /// Finds the feed's next place.
    private func replace(_ number: Int32, _ flown: Feed, _ end: PollEnd, at now: Duration) {
        let place = places[number]
        guard place.index >= 0 else {
            places.remove(flown.id)
            return
        }
        let feed = plan.feeds[Int(place.index)]
        // A feed that a reload has given another address while it was in flight is due at once.
        let isMoved = feed.url != flown.url
        places[number].authority = book.number(of: authority(of: isMoved ? feed.url : end.nextURL))
        places[number].isHalted = place.isPaused || end.nextDue == nil && !isMoved
        places[number].heldUntil = end.heldUntil.map { (now + ($0 - time.wall())).milliseconds } ?? 0
        _ = places.move(number, to: .idle)
        if orders[number] != nil {
            lineUpOrder(of: number, at: now)
        } else if places[number].isHalted || plan.isOnce {
            return
        } else if isMoved {
            rest(number, for: .zero, at: now)
        } else if end.contact == .unreachable, watch.isDown {
            park(number)
        } else {
            rest(number, for: end.wait ?? (end.nextDue ?? time.wall()) - time.wall(), at: now)
        }
    }
}
