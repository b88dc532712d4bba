// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A room of a Matrix homeserver (W10): a notice with plain and HTML text; a later telling replaces the event.
public struct MatrixReceiver: Receiver {
    /// Bytes of the event's content, and of the plain and the HTML text each (W15).
    static let (maximumEvent, maximumText) = (60_000, 29_000)
    /// Bytes of a replacement's own text, shown by clients that do not know replacements.
    static let maximumFallback = 500

    /// Where it is; its token is required.
    public var target: HTTPTarget
    /// The room's id, `!abc:example.org`.
    public var room: String

    /// A receiver.
    public init(_ target: HTTPTarget, room: String) {
        self.target = target
        self.room = room
    }

    /// The configured name.
    public var name: String { target.name }
    /// `matrix`.
    public var kind: ReceiverKind { .matrix }
    /// The server's host.
    public var displayHost: String { target.host }
    /// Token and URL.
    public var secrets: [Secret] { target.secrets }

    /// The content of a new `m.room.message`; within the limit of an event even as a replacement.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let plain = ([text.title, text.link] + text.plainLines(entries: count).dropFirst())
                .filter { !$0.isEmpty }.joined(separator: "\n")
            let html = Self.html(text, entries: count)
            guard plain.utf8.count <= Self.maximumText, html.utf8.count <= Self.maximumText else { return nil }
            let body = Self.body(text, plain: plain, html: html)
            return body.count <= Self.maximumEvent - 2 * Self.maximumFallback ? body : nil
        }
    }

    /// PUT under the alert's id as transaction id, which the server takes once for each token; as a replacement of the
    /// event that the alert edits.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        let room = room.percentEncoding("!#$&'()*+,/:;=?@[]%\"<>\\^`{|}")
        let url = "\(target.base)/_matrix/client/v3/rooms/\(room)/send/m.room.message/\(alert.id)"
        let body = alert.editing.map { Self.replacement(of: $0, by: alert.body) } ?? alert.body
        return [target.request(.put, url: url, hasBearer: true, body: body)]
    }

    /// Success is 200 with an `event_id`; `retry_after_ms` counts as Retry-After.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        var answer = Answer(outcome, isSigned: false, at: now)
        let reply = outcome.json(Reply.self)
        if outcome.isAccepted {
            guard let id = reply?.event_id else { return .notTheTarget(outcome.status) }
            answer.remoteID = alert.editing ?? id
        } else if outcome.status == 404, alert.editing != nil {
            answer.editTargetIsGone = true
        }
        return answer.paused(bySeconds: reply?.retry_after_ms.map { $0 / 1000 }, unless: outcome.rate)
    }

    private struct Reply: Decodable {
        var event_id: String?
        var retry_after_ms: Double?
    }

    // MARK: Layout

    private static func body(_ text: ChatText, plain: String, html: String) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            // Default push rules mute notices.
            json.member("msgtype", text.severity == .critical ? "m.text" : "m.notice")
            json.member("body", plain)
            json.member("format", "org.matrix.custom.html")
            json.member("formatted_body", html)
            json.member("m.mentions", object: { _ in })
        }
        return json.bytes
    }

    private static func replacement(of event: String, by content: [UInt8]) -> [UInt8] {
        let paths = JSONPaths(content)
        let first = paths.text(at: "body").split(separator: "\n").first.map(String.init) ?? ""
        var json = JSONWriter(reserving: content.count + 1024)
        json.object { json in
            json.member("msgtype", paths.text(at: "msgtype"))
            json.member("body", "* " + Fitting.escaped(first, to: maximumFallback, in: .bytes))
            json.member("m.mentions", object: { _ in })
            json.key("m.new_content")
            json.raw(content)
            json.member(
                "m.relates_to",
                object: { json in
                    json.member("rel_type", "m.replace")
                    json.member("event_id", event)
                })
        }
        return json.bytes
    }

    private static func html(_ text: ChatText, entries count: Int) -> String {
        var html = "<strong>\(linked(text.title, text.link))</strong>"
        if !text.summary.isEmpty { html += "<br>\(escaped(text.summary))" }
        if !text.meta.isEmpty { html += "<br><em>\(escaped(text.meta))</em>" }
        var items = text.entries.prefix(count).map { "\(linked($0.title, $0.link)) · \(escaped($0.meta))" }
        if let remainder = text.remainder(count) { items.append(remainder) }
        if !items.isEmpty { html += "<ul>" + items.map { "<li>\($0)</li>" }.joined() + "</ul>" }
        return html
    }

    private static func linked(_ title: String, _ link: String) -> String {
        let url = link.percentEncoding("<>\"`\\").replacingScalars(Markup.entity)
        return url.isEmpty ? escaped(title) : "<a href=\"\(url)\">\(escaped(title))</a>"
    }

    /// Entities for what HTML reads as markup (W16).
    static func escaped(_ text: String) -> String {
        text.replacingScalars { $0 == "\"" ? "&quot;" : Markup.entity($0) }
    }
}
