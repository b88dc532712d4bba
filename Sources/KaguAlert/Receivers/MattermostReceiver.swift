// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// An incoming webhook of Mattermost (W6): one Markdown text, no attachments.
public struct MattermostReceiver: Receiver {
    /// Scalars of the text (W15).
    static let maximumText = 16_000

    /// Where it is.
    public var target: HTTPTarget
    /// Another channel than the webhook's own.
    public var channel: String?
    /// Another name than the webhook's own.
    public var username: String?

    /// A receiver.
    public init(_ target: HTTPTarget, channel: String? = nil, username: String? = nil) {
        self.target = target
        self.channel = channel
        self.username = username
    }

    /// The configured name.
    public var name: String { target.name }
    /// `mattermost`.
    public var kind: ReceiverKind { .mattermost }
    /// The URL's host.
    public var displayHost: String { target.host }
    /// The URL is the credential.
    public var secrets: [Secret] { target.secrets }

    /// A heading that is a link, the summary, the meta in italics, a list of a digest's stories.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let markdown = Self.markdown(text, entries: count)
            guard TextUnit.scalars.length(of: markdown) <= Self.maximumText else { return nil }
            var json = JSONWriter(reserving: 2048)
            json.object { json in
                json.member("text", markdown)
                json.member("channel", ifPresent: channel)
                json.member("username", ifPresent: username)
            }
            return json.bytes
        }
    }

    /// One POST to the webhook.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        [target.request(body: alert.body)]
    }

    /// Success is 200 with the body `ok`.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        let answer = Answer(outcome, isSigned: false, at: now)
        let isTaken = outcome.status == 200 && outcome.text.trimmingWhitespace() == "ok"
        return outcome.isAccepted && !isTaken ? .notTheTarget(outcome.status) : answer
    }

    // MARK: Layout

    private static func markdown(_ text: ChatText, entries count: Int) -> String {
        var lines = ["#### " + Markdown.linked(escaped(text.title), text.link)]
        if !text.summary.isEmpty { lines.append(escaped(text.summary)) }
        if !text.meta.isEmpty { lines.append("_\(escaped(text.meta))_") }
        lines += text.entries.prefix(count).map {
            "- \(Markdown.linked(escaped($0.title), $0.link)) · \(escaped($0.meta))"
        }
        if let remainder = text.remainder(count) { lines.append("- \(remainder)") }
        return lines.joined(separator: "\n")
    }

    /// Backslashes before Markdown's specials; a zero-width space after `@` and `<`, which the server turns into
    /// mentions even where the text has them escaped (W16).
    static func escaped(_ text: String) -> String {
        text.replacingScalars { scalar in
            switch scalar {
            case "@", "<": String(scalar) + Markup.zeroWidthSpace
            case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "-", ".", "!", "|", "~", ">":
                "\\\(scalar)"
            default: nil
            }
        }
    }
}
