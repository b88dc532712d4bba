// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A topic of an ntfy server (W9): plain text; a story's messages share a sequence, so that the latest is shown.
public struct NtfyReceiver: Receiver {
    /// Bytes of message and title (W15).
    static let (maximumMessage, maximumTitle) = (4096, 1024)
    /// Bytes of the whole request: the server reads twice its message limit.
    static let maximumBody = 8192

    /// Where it is; the token is optional.
    public var target: HTTPTarget
    /// The topic.
    public var topic: String

    /// A receiver.
    public init(_ target: HTTPTarget, topic: String) {
        self.target = target
        self.topic = topic
    }

    /// The configured name.
    public var name: String { target.name }
    /// `ntfy`.
    public var kind: ReceiverKind { .ntfy }
    /// The server's host.
    public var displayHost: String { target.host }
    /// Token and URL; where there is no access control, the topic is a password too.
    public var secrets: [Secret] { target.secrets }

    /// Title and message; a digest's stories are lines of the message.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let lines = text.plainLines(entries: count)
            // Of an empty message the server would make one of its own.
            let message = (lines.count > 1 ? lines.dropFirst() : lines[...]).joined(separator: "\n")
            let body = Self.body(of: text, topic: topic, message: message)
            return message.utf8.count <= Self.maximumMessage && body.count <= Self.maximumBody ? body : nil
        }
    }

    /// One POST to the server's root.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        [target.request(url: target.base, hasBearer: true, body: alert.body)]
    }

    /// 42908 is the day's quota: a pause until midnight UTC, when it begins anew.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        var answer = Answer(outcome, isSigned: false, at: now)
        let reply = outcome.json(Reply.self)
        if outcome.isAccepted {
            guard let id = reply?.id else { return .notTheTarget(outcome.status) }
            answer.remoteID = id
        } else if reply?.code == Self.dailyQuota {
            answer.floor = CivilDate(daysSinceEpoch: now.day.daysSinceEpoch + 1).start - now
            answer.floorHoldsReceiver = true
        }
        return answer
    }

    private struct Reply: Decodable {
        var id: String?
        var code: Int?
    }

    private static let dailyQuota = 42908

    // MARK: Layout

    private static func body(of text: ChatText, topic: String, message: String) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("topic", topic)
            json.member("title", Fitting.escaped(text.title, to: maximumTitle, in: .bytes))
            json.member("message", message)
            json.member("click", ifPresent: text.link.percentEncoding(""))
            json.member("priority", priority(text.severity))
            if let severity = text.severity { json.member("tags", [severity.rawValue]) }
            json.member("sequence_id", ifPresent: text.story.flatMap(sequence))
        }
        return json.bytes
    }

    private static func priority(_ severity: Severity?) -> Int {
        switch severity {
        case .low: 2
        case .medium, nil: 3
        case .high: 4
        case .critical: 5
        }
    }

    /// The story's id where the server takes it: it has the form of a topic.
    private static func sequence(_ story: String) -> String? {
        let isValid = story.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
        }
        return isValid && (1...64).contains(story.utf8.count) ? story : nil
    }
}
