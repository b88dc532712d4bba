// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// An incoming webhook of Slack (W5): blocks of mrkdwn, and a plain text for notifications.
public struct SlackReceiver: Receiver {
    /// UTF-16 units of a section (W15).
    static let maximumSection = 3000
    /// UTF-16 units of the whole body (W15).
    static let maximumMessage = 12_000
    /// UTF-16 units of a link, escaped, at most; a longer one is left out.
    static let maximumLink = 1500

    /// Where it is.
    public var target: HTTPTarget

    /// A receiver.
    public init(_ target: HTTPTarget) { self.target = target }

    /// The configured name.
    public var name: String { target.name }
    /// `slack`.
    public var kind: ReceiverKind { .slack }
    /// The URL's host.
    public var displayHost: String { target.host }
    /// The URL is the credential.
    public var secrets: [Secret] { target.secrets }

    /// Sections and contexts; a digest's stories fill sections.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let body = Self.body(of: text, entries: count)
            let length = TextUnit.utf16.length(of: String(decoding: body, as: UTF8.self))
            return length <= Self.maximumMessage ? body : nil
        }
    }

    /// One POST to the webhook.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        [target.request(body: alert.body)]
    }

    /// Success is 200 with the body `ok`; `channel_is_archived` comes as 410 and is gone like any other.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        let answer = Answer(outcome, isSigned: false, at: now)
        let isTaken = outcome.status == 200 && outcome.text.trimmingWhitespace() == "ok"
        return outcome.isAccepted && !isTaken ? .notTheTarget(outcome.status) : answer
    }

    // MARK: Layout

    private static func body(of text: ChatText, entries count: Int) -> [UInt8] {
        let head = head(of: text)
        let summary = fit(text.summary, maximumSection - TextUnit.utf16.length(of: head) - 1)
        var sections = [summary.isEmpty ? head : "\(head)\n\(summary)"]
        var lines = text.entries.prefix(count).map(line)
        if let remainder = text.remainder(count) { lines.append(remainder) }
        sections += packed(lines)
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            json.member("text", fit(text.title, 500))
            json.member(
                "blocks",
                array: { json in
                    section(sections[0], to: &json)
                    if !text.meta.isEmpty { context(fit(text.meta, maximumSection), to: &json) }
                    for section in sections.dropFirst() { self.section(section, to: &json) }
                })
            json.member("unfurl_links", false)
            json.member("unfurl_media", false)
        }
        return json.bytes
    }

    private static func head(of text: ChatText) -> String {
        // A link takes at most half of a section, so that a good part of any title fits beside it.
        linked(text.title, text.link, limit: maximumSection)
    }

    private static func line(_ entry: ChatText.Entry) -> String {
        "• " + linked(entry.title, entry.link, limit: 2400) + " · " + fit(entry.meta, 500)
    }

    /// `<link|title>`, the title cut so that the whole keeps to `limit`.
    private static func linked(_ title: String, _ link: String, limit: Int) -> String {
        let url = link.percentEncoding("<>|\"`\\").replacingScalars(Markup.entity)
        let length = TextUnit.utf16.length(of: url)
        guard !url.isEmpty, length <= maximumLink else { return fit(title, limit) }
        return "<\(url)|\(fit(title, limit - length - 3))>"
    }

    /// Lines put together to sections, each within the limit.
    private static func packed(_ lines: [String]) -> [String] {
        var sections: [String] = []
        for line in lines {
            if let last = sections.last,
                TextUnit.utf16.length(of: last) + 1 + TextUnit.utf16.length(of: line) <= maximumSection
            {
                sections[sections.count - 1] = "\(last)\n\(line)"
            } else {
                sections.append(line)
            }
        }
        return sections
    }

    private static func section(_ text: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "section")
            json.member("text", object: { json in mrkdwn(text, to: &json) })
        }
    }

    private static func context(_ text: String, to json: inout JSONWriter) {
        json.object { json in
            json.member("type", "context")
            json.member("elements", array: { json in json.object { json in mrkdwn(text, to: &json) } })
        }
    }

    private static func mrkdwn(_ text: String, to json: inout JSONWriter) {
        json.member("type", "mrkdwn")
        json.member("text", text)
    }

    private static func fit(_ text: String, _ limit: Int) -> String {
        Fitting.escaped(text, to: limit, in: .utf16, by: escaped)
    }

    /// Entities for what Slack reads as markup, and a zero-width space before what it reads as emphasis (W16).
    static func escaped(_ text: String) -> String {
        text.replacingScalars { scalar in
            switch scalar {
            case "*", "_", "~", "`": Markup.zeroWidthSpace + String(scalar)
            default: Markup.entity(scalar)
            }
        }
    }
}
