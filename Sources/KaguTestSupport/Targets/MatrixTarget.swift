// SPDX-License-Identifier: Apache-2.0

/// A homeserver that lets `token` write to one room: a transaction id is taken once.
public final class MatrixTarget: StrictTarget {
    private let memory = TargetMemory<(transaction: String, event: String, content: [UInt8])>()
    private let token: String

    /// A room without messages.
    public init(token: String) { self.token = token }

    /// The contents of the events, by their order; replacements are events of their own.
    public var messages: [[UInt8]] { memory.messages.map(\.content) }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// The answer to too many requests.
    public static func limited(milliseconds: Int) -> ScriptedResponse {
        .text(
            "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"error\":\"Too Many Requests\",\"retry_after_ms\":\(milliseconds)}",
            status: 429)
    }

    /// 200 with `event_id`, or a Matrix error.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        let path = request.target.split(separator: "/")
        guard request.header("authorization") == "Bearer \(token)" else {
            return .text("{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"Unrecognised access token\"}", status: 401)
        }
        guard request.method == "PUT", path.count == 8,
            path.prefix(4).elementsEqual(["_matrix", "client", "v3", "rooms"]), path[4] == "%21abc%3Aexample.org",
            path[5] == "send", path[6] == "m.room.message"
        else { return .text("{\"errcode\":\"M_UNRECOGNIZED\"}", status: 404) }
        do throws(Refusal) {
            try check(request.body)
        } catch {
            let code = error.status == 413 ? "M_TOO_LARGE" : "M_BAD_JSON"
            return .text("{\"errcode\":\"\(code)\",\"error\":\"\(error.words)\"}", status: error.status)
        }
        let event = memory.change { events in
            if let known = events.first(where: { $0.transaction == path[7] }) { return known.event }
            let event = "$event\(events.count)"
            events.append((String(path[7]), event, request.body))
            return event
        }
        return .text("{\"event_id\":\"\(event)\"}")
    }

    private func check(_ body: [UInt8]) throws(Refusal) {
        // The server adds some 500 bytes of its own to an event of at most 65,536.
        guard body.count <= 60_000 else { throw Refusal("event too large", status: 413) }
        let content = try TargetJSON(body)
        try content.only(
            "msgtype", "body", "format", "formatted_body", "m.mentions", "m.new_content", "m.relates_to")
        try checkMessage(content)
        guard let relation = content["m.relates_to"] else { return }
        guard let inner = content["m.new_content"], relation["rel_type"]?.text == "m.replace",
            try relation.required("event_id").hasPrefix("$")
        else { throw Refusal("no replacement") }
        try checkMessage(inner)
        guard inner["msgtype"]?.text == content["msgtype"]?.text else { throw Refusal("another msgtype") }
    }

    private func checkMessage(_ content: TargetJSON) throws(Refusal) {
        guard ["m.notice", "m.text"].contains(content["msgtype"]?.text) else { throw Refusal("msgtype") }
        guard try content.required("body").utf8.count <= 29_000 else { throw Refusal("body") }
        guard case .object(let mentions)? = content["m.mentions"], mentions.isEmpty
        else { throw Refusal("m.mentions") }
        guard let html = content["formatted_body"]?.text else { return }
        guard content["format"]?.text == "org.matrix.custom.html", html.utf8.count <= 29_000
        else { throw Refusal("formatted_body") }
        _ = try StrictHTML(html, tags: ["strong", "em", "br", "ul", "li", "a"])
    }
}
