// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A workflow of Microsoft Teams that posts what its webhook gets (W8): one Adaptive Card.
public struct TeamsReceiver: Receiver {
    /// Bytes of the whole body (W15).
    static let maximumBody = 28_000

    /// Where it is.
    public var target: HTTPTarget

    /// A receiver.
    public init(_ target: HTTPTarget) { self.target = target }

    /// The configured name.
    public var name: String { target.name }
    /// `teams`.
    public var kind: ReceiverKind { .teams }
    /// The URL's host.
    public var displayHost: String { target.host }
    /// The URL is the credential.
    public var secrets: [Secret] { target.secrets }

    /// A card with a block each for title, summary, meta and a digest's stories.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let body = Self.body(of: text, entries: count)
            return body.count <= Self.maximumBody ? body : nil
        }
    }

    /// One POST to the workflow.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        [target.request(body: alert.body)]
    }

    /// 202 is accepted. A 2xx that reports Teams' own refusal in its body is that refusal.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        let answer = Answer(outcome, isSigned: false, at: now)
        guard outcome.isAccepted, let status = Self.reportedError(in: outcome.text) else { return answer }
        return Answer(
            .answered(status: status, floor: status == 429 ? .seconds(60) : .zero), isSigned: false, at: now)
    }

    /// The number of `HTTP error NNN` in a text.
    private static func reportedError(in text: String) -> Int? {
        guard let mark = text.lowercased().firstRange(of: "http error ") else { return nil }
        let digits = text.lowercased()[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return Int(digits).flatMap { (300..<600).contains($0) ? $0 : nil }
    }

    // MARK: Layout

    private static func body(of text: ChatText, entries count: Int) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            json.member("type", "message")
            json.member(
                "attachments",
                array: { json in
                    json.object { json in
                        json.member("contentType", "application/vnd.microsoft.card.adaptive")
                        json.key("contentUrl")
                        json.null()
                        json.member("content", object: { json in card(text, entries: count, to: &json) })
                    }
                })
        }
        return json.bytes
    }

    private static func card(_ text: ChatText, entries count: Int, to json: inout JSONWriter) {
        json.member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
        json.member("type", "AdaptiveCard")
        json.member("version", "1.4")
        json.member("msteams", object: { json in json.member("width", "full") })
        json.member(
            "body",
            array: { json in
                block(escaped(text.title), to: &json) { json in json.member("weight", "bolder") }
                if !text.summary.isEmpty { block(escaped(text.summary), to: &json) }
                if !text.meta.isEmpty {
                    block(escaped(text.meta), to: &json) { json in json.member("isSubtle", true) }
                }
                for entry in text.entries.prefix(count) {
                    block(
                        "\(Markdown.linked(escaped(entry.title), entry.link)) · \(escaped(entry.meta))", to: &json)
                }
                if let remainder = text.remainder(count) { block(remainder, to: &json) }
            })
        guard !text.link.isEmpty else { return }
        json.member(
            "actions",
            array: { json in
                json.object { json in
                    json.member("type", "Action.OpenUrl")
                    json.member("title", "Open")
                    json.member("url", text.link.percentEncoding("<>\"`\\|"))
                }
            })
    }

    private static func block(
        _ text: String, to json: inout JSONWriter, style: (inout JSONWriter) -> Void = { _ in }
    ) {
        json.object { json in
            json.member("type", "TextBlock")
            json.member("text", text)
            style(&json)
            json.member("wrap", true)
        }
    }

    /// `<` as an entity, backslashes before Markdown's specials; braces are parted, for cards fill `{{DATE(…)}}` in
    /// (W16).
    static func escaped(_ text: String) -> String {
        text.replacingScalars { scalar in
            switch scalar {
            case "<": "&lt;"
            case "{": "{" + Markup.zeroWidthSpace
            case "\\", "`", "*", "_", "[", "]", "(", ")", "#", "+", "-", "!", "|", "~", ">": "\\\(scalar)"
            default: nil
            }
        }
    }
}
