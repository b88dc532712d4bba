// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A webhook of Discord (W7): one embed, mentions switched off; a later telling edits the message.
public struct DiscordReceiver: Receiver {
    /// Scalars of an embed's title, description and footer, and of all of them together (W15).
    static let (maximumTitle, maximumDescription, maximumFooter, maximumEmbed) = (256, 4096, 2048, 6000)
    /// Characters of an embed's URL.
    static let maximumLink = 2048

    /// Where it is.
    public var target: HTTPTarget
    /// The thread or forum post to write to.
    public var threadID: String?

    /// A receiver.
    public init(_ target: HTTPTarget, threadID: String? = nil) {
        self.target = target
        self.threadID = threadID
    }

    /// The configured name.
    public var name: String { target.name }
    /// `discord`.
    public var kind: ReceiverKind { .discord }
    /// The URL's host.
    public var displayHost: String { target.host }
    /// The URL is the credential.
    public var secrets: [Secret] { target.secrets }

    /// An embed whose description is the summary, or a digest's stories.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let title = Fitting.escaped(
                text.title, to: Self.maximumTitle, in: .scalars, by: Self.escaped)
            let footer = Fitting.escaped(text.meta, to: Self.maximumFooter, in: .scalars)
            let description = Self.description(of: text, entries: count)
            let lengths = [title, description, footer].map { TextUnit.scalars.length(of: $0) }
            guard lengths[1] <= Self.maximumDescription, lengths.reduce(0, +) <= Self.maximumEmbed
            else { return nil }
            return Self.body(text, title: title, description: description, footer: footer)
        }
    }

    /// POST for a new message, asking for the message back; PATCH of that message for an edit.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        let parts = target.url.revealed.split(separator: "?", maxSplits: 1)
        var path = parts.first.map(String.init) ?? ""
        var query = parts.dropFirst().map(String.init)
        while path.hasSuffix("/") { path.removeLast() }
        if let threadID { query.append("thread_id=\(threadID.percentEncoding("&=#?+/%"))") }
        if let message = alert.editing {
            let suffix = query.isEmpty ? "" : "?" + query.joined(separator: "&")
            return [target.request(.patch, url: "\(path)/messages/\(message)\(suffix)", body: alert.body)]
        }
        query.insert("wait=true", at: 0)
        return [target.request(url: "\(path)?\(query.joined(separator: "&"))", body: alert.body)]
    }

    /// Success is 200 with the message's `id`. 401, 403 and 404 disable the receiver, for repeated invalid requests
    /// ban the address; an edited message that is gone is none of these. The rate headers outrank the body.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        var answer = Answer(outcome, isSigned: false, at: now)
        let reply = outcome.json(Reply.self)
        switch outcome.status {
        case let status? where outcome.isAccepted:
            guard let id = reply?.id, status == 200 else { return .notTheTarget(status) }
            answer.remoteID = id
        case 404? where alert.editing != nil && reply?.code != Self.unknownWebhook:
            answer.editTargetIsGone = true
        case let status? where [401, 403, 404].contains(status):
            return Answer(.gone, reason: status == 404 ? .gone : .auth, status: status)
        case 429?:
            if let reset = outcome.rate.resetAfter, !outcome.rate.hasRetryAfter {
                let seconds = Double(reset.components.seconds) + Double(reset.components.attoseconds) / 1e18
                return answer.paused(bySeconds: seconds, unless: .none)
            }
            return answer.paused(bySeconds: reply?.retry_after, unless: outcome.rate)
        default: break
        }
        return answer
    }

    /// What kagu reads of an answer.
    private struct Reply: Decodable {
        var id: String?
        var code: Int?
        var retry_after: Double?
    }

    /// Discord's error code for a webhook that is no more.
    private static let unknownWebhook = 10015

    // MARK: Layout

    private static func description(of text: ChatText, entries count: Int) -> String {
        var lines = text.summary.isEmpty ? [] : [escaped(text.summary)]
        lines += text.entries.prefix(count).map {
            "• \(Markdown.linked(escaped($0.title), $0.link)) · \(escaped($0.meta))"
        }
        if let remainder = text.remainder(count) { lines.append(remainder) }
        return lines.joined(separator: "\n")
    }

    private static func body(_ text: ChatText, title: String, description: String, footer: String) -> [UInt8] {
        let link = text.link.percentEncoding("<>\"`\\|")
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            json.member(
                "embeds",
                array: { json in
                    json.object { json in
                        json.member("title", title)
                        json.member("url", ifPresent: TextUnit.scalars.length(of: link) <= maximumLink ? link : nil)
                        json.member("description", ifPresent: description)
                        json.member("timestamp", text.instant)
                        json.member("color", colour(text.severity))
                        if !footer.isEmpty {
                            json.member("footer", object: { json in json.member("text", footer) })
                        }
                    }
                })
            json.member(
                "allowed_mentions", object: { json in json.member("parse", [String]()) })
        }
        return json.bytes
    }

    /// Grey, blue, orange, red.
    private static func colour(_ severity: Severity?) -> Int {
        switch severity {
        case .low: 0x95A5A6
        case .medium, nil: 0x3498DB
        case .high: 0xE67E22
        case .critical: 0xE74C3C
        }
    }

    /// Backslashes before Markdown's specials (W16).
    static func escaped(_ text: String) -> String { Markdown.escaped(text, "\\*_~`|>#-+[]()<@") }
}
