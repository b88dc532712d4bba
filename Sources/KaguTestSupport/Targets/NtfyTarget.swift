// SPDX-License-Identifier: Apache-2.0

/// An ntfy server that lets `token` publish: JSON to its root, errors with ntfy's own codes.
public final class NtfyTarget: StrictTarget {
    private let memory = TargetMemory<[UInt8]>()
    private let token: String

    /// A server without messages.
    public init(token: String) { self.token = token }

    /// The bodies that were taken.
    public var messages: [[UInt8]] { memory.messages }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// The answer to a request beyond the day's quota.
    public static let dailyQuota = ScriptedResponse.text(
        "{\"code\":42908,\"http\":429,\"error\":\"limit reached: daily message quota reached\"}", status: 429)

    /// 200 with the message, 400 and 403 with code and error.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        do throws(Refusal) {
            try check(request)
            let count = memory.change { messages in
                messages.append(request.body)
                return messages.count
            }
            return .text("{\"id\":\"id\(count)\",\"time\":1795338843,\"event\":\"message\",\"topic\":\"kagu\"}")
        } catch {
            return .text(
                "{\"code\":\(error.status)00,\"http\":\(error.status),\"error\":\"\(error.words)\"}",
                status: error.status)
        }
    }

    private func check(_ request: RecordedRequest) throws(Refusal) {
        guard request.header("authorization") == "Bearer \(token)" else { throw Refusal("forbidden", status: 403) }
        guard request.method == "POST", request.path == "/", request.body.count <= 8192
        else { throw Refusal("invalid request: request body must be valid JSON") }
        let message = try TargetJSON(request.body)
        try message.only("topic", "title", "message", "click", "priority", "tags", "sequence_id")
        guard isName(try message.required("topic")) else { throw Refusal("invalid request: topic invalid") }
        guard try message.required("message").utf8.count <= 4096
        else { throw Refusal("invalid message: would become an attachment") }
        guard try message.required("title").utf8.count <= 1024 else { throw Refusal("title too long") }
        guard (1...5).contains(message["priority"]?.number ?? 0) else { throw Refusal("invalid priority") }
        if let sequence = message["sequence_id"]?.text, !isName(sequence) {
            throw Refusal("invalid request: sequence ID invalid")
        }
        if let click = message["click"]?.text { try InertText.checkClick(click) }
    }

    private func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }
}

extension InertText {
    /// Refuses what a phone could not open.
    static func checkClick(_ link: String) throws(Refusal) {
        guard ["http", "https"].contains(link.prefix { $0 != ":" }.lowercased()),
            !link.unicodeScalars.contains(where: { $0.value <= 0x20 })
        else { throw Refusal("malformed URL") }
    }
}
