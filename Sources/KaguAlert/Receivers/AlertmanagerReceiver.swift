// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A Prometheus Alertmanager (W12): each story is an alert that ends by itself; equal labels merge, so that retries and
/// updates are idempotent.
///
/// A request carries one alert, since a 400 can mean that some were taken. A frozen body holds one array a line: a
/// story whose severity rose has a second one, which ends the alert with the old label.
public struct AlertmanagerReceiver: Receiver {
    /// Bytes of a request's body (W15).
    static let maximumBody = 20_000

    /// Where it is.
    public var target: HTTPTarget
    /// How long an alert lasts after it was bound.
    public var activeFor: Duration

    /// A receiver; alerts last an hour unless said otherwise.
    public init(_ target: HTTPTarget, activeFor: Duration = .seconds(3600)) {
        self.target = target
        self.activeFor = activeFor
    }

    /// The configured name.
    public var name: String { target.name }
    /// `alertmanager`.
    public var kind: ReceiverKind { .alertmanager }
    /// The server's host.
    public var displayHost: String { target.host }
    /// The URL may hold a password.
    public var secrets: [Secret] { target.secrets }

    /// The alert's array; a digest's stories are lines of its description.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let alert = array(message, text, entries: count, labels: Self.labels(of: message), hasEnded: false)
            guard alert.count <= Self.maximumBody else { return nil }
            guard case .story(let telling) = message.content, let told = telling.toldSeverity,
                told != telling.story.severity
            else { return alert }
            let old = Self.labels(of: telling.story, severity: told)
            return alert + [0x0A] + array(message, text, entries: 0, labels: old, hasEnded: true)
        }
    }

    /// One POST for each array.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        alert.body.split(separator: 0x0A).map {
            target.request(url: "\(target.base)/api/v2/alerts", body: Array($0))
        }
    }

    /// By the status alone.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        var answer = Answer(outcome, isSigned: false, at: now)
        // Labels are the identity of what later messages change.
        if answer.answerClass == .success { answer.remoteID = alert.id.description }
        return answer
    }

    // MARK: Layout

    private typealias Labels = [(name: String, value: String)]

    private static func labels(of message: AlertMessage) -> Labels {
        switch message.content {
        case .hit(let hit, _): labels(of: StorySummary([hit]), severity: hit.severity)
        case .story(let telling): labels(of: telling.story, severity: telling.story.severity)
        case .digest: [("alertname", "KaguDigest"), ("source", "kagu"), ("route", message.route)]
        case .notice(let notice):
            [
                ("alertname", "KaguHealth"), ("source", "kagu"), ("kind", notice.subject.kind.rawValue),
                ("id", notice.subject.id),
            ]
        case .test: [("alertname", "KaguTest"), ("source", "kagu")]
        }
    }

    /// The first hit's values, so that a story stays one alert; the severity is the story's.
    private static func labels(of story: StorySummary, severity: Severity) -> Labels {
        let hit = story.opening
        return [
            ("alertname", "KaguStory"), ("source", "kagu"), ("story", story.id), ("watch", hit.watches.first ?? ""),
            ("severity", severity.rawValue), ("feed", hit.feed.id), ("class", hit.feed.sourceClass.rawValue),
            ("lang", hit.lang), ("country", hit.feed.country ?? ""),
        ]
    }

    private func array(
        _ message: AlertMessage, _ text: ChatText, entries count: Int, labels: Labels, hasEnded: Bool
    ) -> [UInt8] {
        let (start, end) = period(of: message, text)
        let link = text.link.percentEncoding("<>\"`\\^{|}")
        var json = JSONWriter(reserving: 2048)
        json.array { json in
            json.object { json in
                json.member(
                    "labels",
                    object: { json in
                        for label in labels where !label.value.isEmpty {
                            json.member(label.name, PlainText.cut(PlainText.line(label.value), toScalars: 200))
                        }
                    })
                json.member(
                    "annotations",
                    object: { json in
                        json.member("summary", text.title)
                        json.member("description", ifPresent: Self.description(of: text, entries: count))
                        json.member("url", ifPresent: link)
                        if let outlets = Self.outlets(of: message) { json.member("outlets", String(outlets)) }
                        json.member("alert", message.id.description)
                    })
                json.member("startsAt", start)
                json.member("endsAt", hasEnded ? message.boundAt : end)
                json.member("generatorURL", ifPresent: link)
            }
        }
        return json.bytes
    }

    /// From the event to the end of what is said of it; a recovery ends at once.
    private func period(of message: AlertMessage, _ text: ChatText) -> (start: Instant, end: Instant) {
        var start = text.instant
        var end = message.boundAt + activeFor
        if case .story(let telling) = message.content { start = telling.story.firstSeen }
        if case .notice(let notice) = message.content, notice.isRecovery { end = message.boundAt }
        // An alert that ends before it begins is refused.
        return (min(start, message.boundAt), end)
    }

    /// The summary, or a digest's stories: for a story the meta is in its labels.
    private static func description(of text: ChatText, entries count: Int) -> String {
        if text.story != nil { return text.summary }
        return text.plainLines(entries: count).dropFirst().joined(separator: "\n")
    }

    private static func outlets(of message: AlertMessage) -> Int? {
        switch message.content {
        case .hit: 1
        case .story(let telling): telling.story.outlets
        case .digest(let digest): Set(digest.hits.map(\.feed.id)).count
        case .notice, .test: nil
        }
    }
}
