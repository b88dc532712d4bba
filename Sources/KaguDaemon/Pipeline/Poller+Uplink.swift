// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// The loss of the uplink advances no counter (P19): the scheduler knows of it, the poller stores what follows.
extension Poller {
    /// Whether a poll that was not accepted failed for want of an uplink; asked before anything of it is stored.
    /// Where the uplink went down with this poll, the records of those before it are restored.
    func isUplinkDown(_ poll: OpenPoll) async throws -> Bool {
        switch poll.fetch.contact {
        case .answered: return false
        case .undecided: return poll.order.isProbe
        case .unreachable where poll.order.isProbe: return true
        case .unreachable: break
        }
        let authority = await poll.scheduler.authority(of: poll.fetch.trail.currentURL)
        switch await poll.scheduler.unreachable(poll.feed.id, authority: authority, before: poll.before) {
        case .counts: return false
        case .ignored: return true
        case .wentDown(let undo):
            try await store.setFeedRecords(undo)
            await tell(
                .offline, "the uplink is down: nobody can be reached; failures do not count until someone is")
            return true
        }
    }

    /// Stores and logs that the uplink is back.
    func online() async {
        await tell(.online, "the uplink is back; overdue feeds are polled over the next minutes")
    }

    /// The wall clock was set: what is stored keeps its distance from now (P20, P21).
    func clockStepped(by step: Duration, inFlight: [String]) async {
        health.clockStepped(by: step)
        do {
            try await store.followClock(by: step, inFlight: inFlight)
        } catch {
            health.stepNotStored(error)
        }
    }

    private func tell(_ kind: FeedEvent.Kind, _ text: String) async {
        let event = FeedEvent(kind: kind, at: time.wall(), text: text)
        health.told([event])
        do {
            try await store.addEvents([event])
        } catch {
            health.eventNotStored(error)
        }
        if let notice = HealthNotice(event) { await courier.tell(notice) }
    }
}
