// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A chat that a Telegram bot writes to (W11): HTML; a later telling edits the message.
public struct TelegramReceiver: Receiver {
    /// Where it is; the token is part of its URLs.
    public var target: HTTPTarget
    /// A number, or `@channel`.
    public var chat: String
    /// The topic of a forum.
    public var threadID: String?

    /// A receiver.
    public init(_ target: HTTPTarget, chat: String, threadID: String? = nil) {
        self.target = target
        self.chat = chat
        self.threadID = threadID
    }

    /// The configured name.
    public var name: String { target.name }
    /// `telegram`.
    public var kind: ReceiverKind { .telegram }
    /// The server's host.
    public var displayHost: String { target.host }
    /// The bot's token. The server's address is public.
    public var secrets: [Secret] { [target.token].compactMap { $0 } + target.headers.map(\.value) }

    /// The parameters of `sendMessage`.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            guard let html = TelegramText(text, entries: count).html else { return nil }
            var json = JSONWriter(reserving: 2048)
            json.object { json in
                Self.write(chat, as: "chat_id", to: &json)
                if let threadID { Self.write(threadID, as: "message_thread_id", to: &json) }
                json.member("text", html)
                json.member("parse_mode", "HTML")
                json.member("link_preview_options", object: { json in json.member("is_disabled", true) })
                json.member("disable_notification", text.severity == .low)
            }
            return json.bytes
        }
    }

    /// `sendMessage`, or `editMessageText` of the message that the alert edits; without markup where it was refused.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        let method = alert.editing == nil ? "sendMessage" : "editMessageText"
        let url = "\(target.base)/bot\(target.token?.revealed ?? "")/\(method)"
        guard alert.isPlain || alert.editing != nil else { return [target.request(url: url, body: alert.body)] }
        return [target.request(url: url, body: Self.changed(alert))]
    }

    /// Success is 200 with `"ok":true`, and an edit that changes nothing. `parameters.retry_after` counts as
    /// Retry-After; markup that Telegram cannot parse asks for plain text, once.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        var answer = Answer(outcome, isSigned: false, at: now)
        let reply = outcome.json(Reply.self)
        if outcome.isAccepted {
            guard let reply, reply.ok else { return .notTheTarget(outcome.status) }
            answer.remoteID = reply.result?.message_id.map { String($0) } ?? alert.editing
            return answer
        }
        let words = reply?.description?.lowercased() ?? ""
        if outcome.status == 400 {
            if alert.editing != nil, words.contains("message is not modified") {
                var success = Answer(.success, reason: .ok, status: 400)
                success.remoteID = alert.editing
                return success
            }
            let isGone = ["message to edit not found", "message can't be edited", "message_id_invalid"]
                .contains { words.contains($0) }
            answer.editTargetIsGone = alert.editing != nil && isGone
            answer.asksForPlainText = !alert.isPlain && words.contains("can't parse entities")
        }
        return answer.paused(bySeconds: reply?.parameters?.retry_after, unless: outcome.rate)
    }

    private struct Reply: Decodable {
        struct Message: Decodable { var message_id: Int? }
        struct Parameters: Decodable { var retry_after: Double? }
        var ok: Bool
        var description: String?
        var parameters: Parameters?
        // `true` instead of a message answers an edit of an inline message.
        var result: Message?
    }

    // MARK: Layout

    /// Ids as numbers where they are some.
    private static func write(_ id: String, as key: String, to json: inout JSONWriter) {
        if let number = Int64(id) { json.member(key, number) } else { json.member(key, id) }
    }

    /// The frozen parameters with the id of the message to edit, or without markup.
    private static func changed(_ alert: BoundAlert) -> [UInt8] {
        let paths = JSONPaths(alert.body)
        var json = JSONWriter(reserving: alert.body.count + 100)
        json.object { json in
            for key in ["chat_id", "message_thread_id"] {
                guard let value = paths.value(at: key) else { continue }
                json.key(key)
                json.raw(value)
            }
            if let message = alert.editing { write(message, as: "message_id", to: &json) }
            let html = paths.text(at: "text")
            json.member("text", alert.isPlain ? TelegramText.plain(html) : html)
            if !alert.isPlain { json.member("parse_mode", "HTML") }
            for key in ["link_preview_options", "disable_notification"] {
                guard let value = paths.value(at: key) else { continue }
                json.key(key)
                json.raw(value)
            }
        }
        return json.bytes
    }
}
