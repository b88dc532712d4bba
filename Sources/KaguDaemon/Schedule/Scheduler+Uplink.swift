// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

extension Scheduler {
    /// A poll could not reach anyone: is it the feed or the uplink (P19)? Asked before the failure is stored.
    ///
    /// `wentDown` is returned once the other polls that were told `counts` have stored their failures, so that these
    /// do not overwrite what is undone.
    func unreachable(_ feedID: String, authority: Authority, before: FeedRecord) async -> UplinkVerdict {
        let verdict = watch.failed(feedID, authority, before: before, known: knownAuthorities)
        let number = places.number(of: feedID)
        guard case .wentDown(let undo) = verdict else {
            if case .counts = verdict, let number, flights[number] != nil { counted.insert(number) }
            return verdict
        }
        nextProbe = time.monotonic() + UplinkWatch.probeInterval
        setAside(undone: undo.keys)
        if !counted.isEmpty { await withCheckedContinuation { countedWaiters.append($0) } }
        // Someone may have answered meanwhile.
        guard watch.isDown else { return .counts }
        isOfflineTold = true
        return verdict
    }

    /// How many authorities feeds are polled from; counted no further than what P19 asks for.
    private var knownAuthorities: Int {
        var known: Set<Int32> = []
        for (_, number) in places.all where !places[number].isHalted {
            known.insert(places[number].authority)
            if known.count >= UplinkWatch.authorityCount { break }
        }
        return known.count
    }

    /// What is due waits aside while the uplink is down; so do the feeds whose failures are undone: they are due
    /// again.
    private func setAside(undone: some Sequence<String>) {
        guard !plan.isOnce else { return }
        for authority in book.linesInUse {
            for ticket in book.change(authority, limits, { $0.line.allFeeds() }) where places.isValid(ticket) {
                park(ticket.number)
            }
        }
        for id in undone {
            guard let number = places.number(of: id), places[number].phase == .resting else { continue }
            park(number)
        }
    }

    /// Puts a due feed aside until the uplink is back, or until its turn to be tried comes.
    func park(_ number: Int32) { parked.append(places.move(number, to: .parked)) }

    /// A poll has ended: nothing of it can come after an undo any more.
    func settleCounted(_ number: Int32) {
        counted.remove(number)
        guard counted.isEmpty else { return }
        for waiter in countedWaiters { waiter.resume() }
        countedWaiters = []
    }

    /// While the uplink is down, tries one due feed a minute (P19).
    func probe(at now: Duration) {
        guard watch.isDown, !plan.isOnce, now >= nextProbe, !parked.isEmpty else { return }
        nextProbe = now + UplinkWatch.probeInterval
        parked.removeAll { !places.isValid($0) }
        let position = parked.firstIndex { ticket in
            !(book[places[ticket.number].authority]?.host.isHeld(at: now) ?? false)
        }
        guard let position else { return }
        let number = parked.remove(at: position).number
        let ticket = places.move(number, to: .inLine)
        book.change(places[number].authority, limits) { $0.line.append(.feed(ticket)) }
        announce(places[number].authority)
    }

    /// The uplink is back: what waited for it starts, spread if it is much (P20).
    func comeOnline(_ plan: Plan) async {
        let waiting = parked.filter { places.isValid($0) }.map(\.number)
        parked = []
        spread(waiting, at: time.monotonic())
        guard isOfflineTold else { return }
        isOfflineTold = false
        await plan.online()
    }
}
