// SPDX-License-Identifier: Apache-2.0

/// The Bot API for one bot and one chat: parses HTML as strictly, counts text after parsing, edits.
public final class TelegramTarget: StrictTarget {
    private let memory = TargetMemory<String>()
    private let token: String

    /// A chat without messages.
    public init(token: String) { self.token = token }

    /// The texts of the messages that are there, edits applied, as they were sent.
    public var messages: [String] { memory.messages }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// Deletes all messages.
    public func deleteMessages() { memory.change { $0 = [] } }

    /// An error as the API words it.
    public static func error(_ code: Int, _ description: String, retryAfter: Int? = nil) -> ScriptedResponse {
        let parameters = retryAfter.map { ",\"parameters\":{\"retry_after\":\($0)}" } ?? ""
        return .text(
            "{\"ok\":false,\"error_code\":\(code),\"description\":\"\(description)\"\(parameters)}", status: code)
    }

    /// 200 with the message, or an error.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        let path = request.path.split(separator: "/")
        guard path.count == 2, path[0] == "bot\(token)" else { return Self.error(401, "Unauthorized") }
        do throws(Refusal) {
            let (text, parameters) = try check(request)
            switch path[1] {
            case "sendMessage":
                let id = memory.change { messages in
                    messages.append(text)
                    return messages.count
                }
                return Self.sent(id)
            case "editMessageText":
                return edit(Int(parameters["message_id"]?.number ?? 0), to: text)
            default: return Self.error(404, "Not Found")
            }
        } catch {
            return Self.error(error.status, "Bad Request: \(error.words)")
        }
    }

    private static func sent(_ id: Int) -> ScriptedResponse {
        .text("{\"ok\":true,\"result\":{\"message_id\":\(id),\"date\":1795338843}}")
    }

    private func edit(_ id: Int, to text: String) -> ScriptedResponse {
        memory.change { messages in
            guard messages.indices.contains(id - 1) else {
                return Self.error(400, "Bad Request: message to edit not found")
            }
            guard messages[id - 1] != text else {
                return Self.error(
                    400, "Bad Request: message is not modified: specified new message content is the same")
            }
            messages[id - 1] = text
            return Self.sent(id)
        }
    }

    private func check(_ request: RecordedRequest) throws(Refusal) -> (text: String, parameters: TargetJSON) {
        let parameters = try TargetJSON(request.body)
        try parameters.only(
            "chat_id", "message_thread_id", "message_id", "text", "parse_mode", "link_preview_options",
            "disable_notification")
        guard parameters["chat_id"]?.number == -1001 || parameters["chat_id"]?.text == "@kagu"
        else { throw Refusal("chat not found") }
        guard parameters["link_preview_options"]?["is_disabled"]?.bool == true else { throw Refusal("preview") }
        let text = try parameters.required("text")
        var plain = text
        if parameters["parse_mode"]?.text == "HTML" {
            let html: StrictHTML
            do throws(Refusal) {
                html = try StrictHTML(text, tags: ["b", "i", "a"])
            } catch {
                throw Refusal("can't parse entities: \(error.words)")
            }
            guard html.tagCount <= 100 else { throw Refusal("too many entities") }
            plain = html.text
            try checkWords(plain)
        }
        guard plain.utf16.count <= 4096 else { throw Refusal("message is too long") }
        return (text, parameters)
    }

    /// Nothing that Telegram would make a mention, a hashtag or a command.
    private func checkWords(_ text: String) throws(Refusal) {
        let scalars = Array(text.unicodeScalars)
        var previous: Unicode.Scalar = " "
        for (scalar, next) in zip(scalars, scalars.dropFirst() + [" "]) {
            let beginsWord = previous.properties.isWhitespace
            let isRead = scalar == "@" || scalar == "#" || (scalar == "/" && beginsWord)
            guard !isRead || next == "\u{200B}" else { throw Refusal("a mention, hashtag or command in the text") }
            previous = scalar
        }
    }
}
