// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// What operators hear of feeds: the journal at once, receivers through the courier (R15).
extension Poller {
    /// Tells of what a poll has brought about; it is stored already.
    func tell(_ events: [FeedEvent], of poll: OpenPoll, _ after: FeedRecord) async {
        health.told(events)
        for event in events {
            let notice = HealthNotice(
                event, title: poll.feed.title.isEmpty ? after.title : poll.feed.title, previous: poll.before.state,
                reason: after.reason)
            if let notice { await courier.tell(notice) }
        }
    }
}
