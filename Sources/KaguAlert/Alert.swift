// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One message to one receiver, its body frozen, settling one or more deliveries (D3, D4).
public struct Alert: Hashable, Sendable {
    /// The `type` of a message (W2).
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// One hit.
        case hit = "kagu.hit"
        /// Several hits of one story, or any update to it.
        case story = "kagu.story"
        /// Several stories.
        case digest = "kagu.digest"
        /// Health of a feed, receiver or part of kagu.
        case feed = "kagu.feed"
        /// Sent by hand.
        case test = "kagu.test"
    }

    /// The `reason` of a message (W2).
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// A story's first telling and its updates (R5–R7).
        case new, update, step, severity, revision
        /// Why several stories came together.
        case group, schedule
        case quietHours = "quiet_hours"
        case rateCap = "rate_cap"
        case catchUp = "catch_up"
        case fallback, recovered, trend
        /// Not about hits.
        case health, test
    }

    /// The `webhook-id` of every attempt.
    public var id: AlertID
    /// The receiver's name.
    public var receiver: String
    /// The route's name, else its path; empty for a test.
    public var route: String
    /// What it tells.
    public var kind: Kind
    /// Why it was bound.
    public var reason: Reason
    /// The ids of the hits that it settles, oldest first; those left out for size are among them (W15).
    public var hits: [String]
    /// What lists show: the first hit's title.
    public var title: String
    /// When it was bound.
    public var boundAt: Instant
    /// The bytes that every attempt sends.
    public var body: [UInt8]

    /// An alert as it was stored.
    public init(
        id: AlertID, receiver: String, route: String, kind: Kind, reason: Reason, hits: [String], title: String,
        boundAt: Instant, body: [UInt8]
    ) {
        self.id = id
        self.receiver = receiver
        self.route = route
        self.kind = kind
        self.reason = reason
        self.hits = hits
        self.title = title
        self.boundAt = boundAt
        self.body = body
    }
}

extension Alert {
    /// Binds a message to an alert whose body `receiver` freezes (D4); without one, the body is W2's envelope.
    public init(_ message: AlertMessage, for receiver: (any Receiver)?) {
        let body =
            receiver?.body(message).bytes ?? MessageBody(message).render(message.content, reason: message.reason)
        self.init(
            id: message.id, receiver: message.receiver, route: message.route, kind: message.content.kind,
            reason: message.reason, hits: message.content.hits.map(\.id), title: message.content.title,
            boundAt: message.boundAt, body: body)
    }

    /// Binds hits of one group to an alert and renders its body (D4, R5): one hit to `kagu.hit`, several of one
    /// story to `kagu.story`, several stories to `kagu.digest`.
    ///
    /// At least one hit; order does not matter. Unless given, the reason of a digest is `group`, of others `new`.
    public static func bind(
        _ hits: [Hit], to destination: Destination, as id: AlertID, at instant: Instant,
        reason: Reason? = nil, for receiver: (any Receiver)? = nil
    ) -> Alert {
        precondition(!hits.isEmpty, "an alert tells of at least one hit")
        let ordered = hits.sorted { ($0.seen, $0.id) < ($1.seen, $1.id) }
        let group = destination.group(for: ordered[0])
        let content: AlertContent =
            if ordered.count == 1 {
                .hit(ordered[0], group: group)
            } else if ordered.allSatisfy({ $0.story == ordered[0].story }) {
                .story(
                    StoryTelling(
                        story: StorySummary(ordered), newHits: ordered, group: group, update: 0, first: id))
            } else {
                .digest(DigestContent(hits: ordered))
            }
        let message = AlertMessage(
            id: id, receiver: destination.receiver, route: destination.route,
            reason: reason ?? (content.kind == .digest ? .group : .new), boundAt: instant, content: content)
        return Alert(message, for: receiver)
    }

    /// A message sent by hand to see whether a receiver works (C5). It settles nothing.
    public static func test(
        to receiver: String, as id: AlertID, at instant: Instant, version: String, host: String,
        for target: (any Receiver)? = nil
    ) -> Alert {
        let message = AlertMessage(
            id: id, receiver: receiver, route: "", reason: .test, boundAt: instant,
            content: .test(note: "test message of kagu \(version) on \(host)"))
        return Alert(message, for: target)
    }
}
