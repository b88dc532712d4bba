// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

extension Scheduler {
    /// A poll that an operator has asked for and that has not begun.
    struct Order {
        var isFull = false
        var requests: [Int] = []
    }

    /// A call of `pollNow` that waits.
    struct PollRequest {
        var missing: Int
        var answers: [String: PollNowAnswer] = [:]
        var continuation: CheckedContinuation<Void, Never>?
    }

    /// A call of `halt` that waits for polls in flight.
    struct HaltWaiter {
        var feedIDs: Set<String>
        let continuation: CheckedContinuation<Void, Never>
    }

    // MARK: Turns

    /// A redirect hop: gives the poll's turn and slot back and waits for a turn at the authority of `url` (P26, P27).
    /// Never holds two turns: polls that are redirected to each other's hosts would wait for each other for ever.
    func moveTurn(of feedID: String, to url: String) async -> HopTurn {
        guard let number = places.number(of: feedID), let flight = flights[number] else { return .granted }
        let now = time.monotonic()
        let target = book.number(of: authority(of: url))
        if let until = holdEnd(target, at: now) { return .held(until: until) }
        if let turn = flight.turn { leave(turn) }
        flights[number]?.turn = nil
        flights[number]?.hasSlot = false
        inFlight -= 1
        let turn = await wait(at: target)
        flights[number]?.hasSlot = true
        if turn == .granted { flights[number]?.turn = target }
        return turn
    }

    /// Takes a turn at the authority of `url` around `body`, which is no poll (P27).
    func visit<Value: Sendable>(
        _ url: String, _ body: @Sendable () async -> Value
    ) async -> VisitOutcome<Value> {
        let now = time.monotonic()
        let target = book.number(of: authority(of: url))
        if let until = holdEnd(target, at: now) ?? feedHoldEnd(url, at: now) { return .held(until: until) }
        guard !isDraining else { return .held(until: time.wall()) }
        let turn = await wait(at: target)
        defer {
            inFlight -= 1
            if turn == .granted { leave(target) }
            pump()
        }
        if case .held(let until) = turn { return .held(until: until) }
        return .done(await body())
    }

    /// When the feed at this very address may be asked again by its own `Retry-After`, by the wall clock (P21).
    private func feedHoldEnd(_ url: String, at now: Duration) -> Instant? {
        guard let feed = plan.feeds.first(where: { $0.url == url }), let number = places.number(of: feed.id) else {
            return nil
        }
        let left = Duration.milliseconds(places[number].heldUntil) - now
        return left > .zero ? time.wall() + left : nil
    }

    /// A visit was answered 429: its authority is left alone (P21).
    func hold(_ hold: AuthorityHold) {
        self.hold(Authority(named: hold.authority), until: hold.until, at: time.monotonic())
        pump()
    }

    /// Waits in the line of an authority; a slot is taken on return.
    private func wait(at authority: Int32) async -> HopTurn {
        await withCheckedContinuation { continuation in
            waitingHops += 1
            book.change(authority, limits) { $0.line.append(.hop(continuation)) }
            announce(authority)
            pump()
        }
    }

    // MARK: Polls on request

    /// Polls feeds now, for an operator: holds and gates are respected, due times are not (P13, P21, P27). A poll in
    /// flight serves, unless a full one is asked for and it is none: then another one follows it. Returns when all have
    /// ended.
    func pollNow(_ ids: [String], isFull: Bool) async -> [String: PollNowAnswer] {
        lastRequest += 1
        let request = lastRequest
        let now = time.monotonic()
        requests[request] = PollRequest(missing: Set(ids).count)
        for id in Set(ids) { ask(for: id, isFull: isFull, request, at: now) }
        pump()
        await waitForAnswers(request)
        return requests.removeValue(forKey: request)?.answers ?? [:]
    }

    private func waitForAnswers(_ request: Int) async {
        guard requests[request]?.missing ?? 0 > 0 else { return }
        await withCheckedContinuation { requests[request]?.continuation = $0 }
    }

    private func ask(for id: String, isFull: Bool, _ request: Int, at now: Duration) {
        guard !isDraining else { return answer([request], feedID: id, .stopping) }
        guard let number = places.number(of: id), places[number].index >= 0 else {
            return answer([request], feedID: id, .unknownFeed)
        }
        if let flight = flights[number], !isFull || flight.order.isFull {
            flights[number]?.requests.append(request)
            return
        }
        orders[number, default: Order()].requests.append(request)
        if isFull { orders[number]?.isFull = true }
        if flights[number] == nil { lineUpOrder(of: number, at: now) }
    }

    /// Puts a feed that was asked for before the others of its authority, if the publisher allows it.
    func lineUpOrder(of number: Int32, at now: Duration) {
        let authority = places[number].authority
        let heldFor = Duration.milliseconds(places[number].heldUntil) - now
        if let until = holdEnd(authority, at: now) ?? (heldFor > .zero ? time.wall() + heldFor : nil) {
            giveUpOrder(of: number, .held(until: until), at: now)
            return
        }
        let ticket = places.move(number, to: .inLine)
        book.change(authority, limits) { $0.line.append(.feed(ticket)) }
        announce(authority)
    }

    /// Answers an order that cannot be carried out. A feed that rests goes on resting; one in an urgent line that
    /// is left goes to where it would be without the order.
    func giveUpOrder(of number: Int32, _ answer: PollNowAnswer, at now: Duration) {
        let place = places[number]
        if let order = orders.removeValue(forKey: number) {
            self.answer(order.requests, feedID: plan.feeds[Int(place.index)].id, answer)
        }
        switch place.phase {
        case .resting, .parked, .inFlight: return
        case .idle, .inLine:
            _ = places.move(number, to: .idle)
            // Held: it is due, and waits in line until the hold is over.
            if !place.isHalted, !isDraining { lineUp(number, at: now) }
        }
    }

    func giveUpAllOrders() {
        let now = time.monotonic()
        for number in Array(orders.keys) { giveUpOrder(of: number, .stopping, at: now) }
        for request in Array(requests.keys) {
            for flight in flights.values where flight.requests.contains(request) {
                answer([request], feedID: flight.feed.id, .stopping)
            }
        }
    }

    func answer(_ asking: [Int], feedID: String, _ answer: PollNowAnswer) {
        for request in asking {
            guard requests[request]?.answers.updateValue(answer, forKey: feedID) == nil else { continue }
            requests[request]?.missing -= 1
            guard requests[request]?.missing == 0 else { continue }
            requests[request]?.continuation?.resume()
            requests[request]?.continuation = nil
        }
    }

    // MARK: Halting

    /// Polls these feeds no more unasked (pause). Returns when none of them is in flight: what is stored about them
    /// after that is not overwritten by a poll.
    func halt(_ ids: [String]) async {
        var flying: Set<String> = []
        for id in ids {
            guard let number = places.number(of: id) else { continue }
            places[number].isPaused = true
            places[number].isHalted = true
            if flights[number] != nil {
                flying.insert(id)
            } else if orders[number] == nil {
                _ = places.move(number, to: .idle)
            }
        }
        pump()
        guard !flying.isEmpty else { return }
        await withCheckedContinuation { haltWaiters.append(HaltWaiter(feedIDs: flying, continuation: $0)) }
    }

    /// Polls these feeds again, when their standings say so.
    func resume(_ standings: [String: FeedStanding]) {
        let now = time.monotonic()
        let wall = time.wall()
        for (id, standing) in standings {
            guard let number = places.number(of: id) else { continue }
            places[number].isPaused = false
            places[number].isHalted = standing.isHalted
            guard flights[number] == nil, orders[number] == nil, !standing.isHalted else { continue }
            places[number].authority = book.number(of: authority(of: standing.url))
            let held = standing.heldUntil.map { $0 - wall } ?? .zero
            rest(number, for: max((standing.nextDue ?? wall) - wall, held), at: now)
        }
        pump()
    }

    func landed(_ id: String) {
        for index in haltWaiters.indices.reversed() where haltWaiters[index].feedIDs.remove(id) != nil {
            if haltWaiters[index].feedIDs.isEmpty { haltWaiters.remove(at: index).continuation.resume() }
        }
    }
}
