// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel

extension HealthNotice {
    /// What operators are told of an event of a feed or of the uplink (R15); nil for a move, which needs nobody. `title`
    /// is the feed's, `reason` why it failed, `previous` the state that it was in.
    init?(_ event: FeedEvent, title: String = "", previous: FeedState? = nil, reason: String = "") {
        let feed = Subject(kind: .feed, id: event.feedID, title: title)
        let state: String
        switch event.kind {
        case .moved: return nil
        case .offline, .online:
            let isDown = event.kind == .offline
            self.init(
                subject: Subject(kind: .feed, id: "uplink", title: "the uplink"),
                state: isDown ? "offline" : Self.wellState, previous: isDown ? Self.wellState : "offline",
                since: event.at, error: isDown ? event.text : nil, advice: "kagu status")
            return
        case .recovered: state = Self.wellState
        case .failing, .gone, .silent: state = event.state?.rawValue ?? event.kind.rawValue
        case .gap, .migration: state = event.kind.rawValue
        }
        self.init(
            subject: feed, state: state, previous: previous?.rawValue ?? Self.wellState, since: event.at,
            error: event.kind == .recovered ? nil : reason.isEmpty ? event.text : reason,
            advice: "kagu feeds show \(event.feedID)")
    }
}
