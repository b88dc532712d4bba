// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

extension AlertRecord {
    /// A message with the body that its receiver freezes (D4); the envelope of W2 where the receiver is gone.
    init(_ message: AlertMessage, for receiver: (any Receiver)?) {
        self.init(message, body: receiver?.body(message).bytes ?? Alert(message, for: nil).body)
    }

    /// A message with its frozen body. `edits`: the alert whose message it takes the place of (D16).
    init(_ message: AlertMessage, body: [UInt8], edits: String? = nil) {
        let content = message.content
        let story: String? =
            switch content {
            case .hit(let hit, _): hit.story
            case .story(let telling): telling.story.id
            case .digest, .notice, .test: nil
            }
        self.init(
            id: message.id.description, receiver: message.receiver, route: message.route,
            type: content.kind.rawValue, reason: message.reason.rawValue, body: body, created: message.boundAt,
            severity: content.hits.map(\.severity).max() ?? .low, title: String(content.title.prefix(200)),
            story: story, edits: edits)
    }
}

extension AlertContent {
    /// What a test of a kind sends: `kagu.test`, or a sample that says that it is one (C5).
    static func sample(of kind: Alert.Kind, for id: AlertID, at now: Instant) -> AlertContent {
        let hit = Hit(
            id: "h_sample", seen: now, published: now,
            feed: .init(id: "sample", title: "Sample of kagu", sourceClass: .unknown),
            url: "https://example.org/sample", title: "Sample: this is how a hit looks",
            summary: "Nothing has happened. Somebody tests whether messages arrive.", lang: "en",
            watches: ["sample"], story: "s_sample")
        let group = AlertGroup(route: "", labels: [])
        switch kind {
        case .hit: return .hit(hit, group: group)
        case .story:
            return .story(
                StoryTelling(story: StorySummary([hit]), newHits: [hit], group: group, update: 0, first: id))
        case .digest: return .digest(DigestContent(hits: [hit]))
        case .feed:
            return .notice(
                HealthNotice(
                    subject: .init(kind: .feed, id: "sample", title: "Sample of kagu"), state: "ok",
                    previous: "failing", since: now, advice: "nothing has happened: somebody tests this receiver"))
        case .test: return .test(note: "test message of kagu \(Kagu.version)")
        }
    }
}
