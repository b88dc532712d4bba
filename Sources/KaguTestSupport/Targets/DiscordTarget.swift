// SPDX-License-Identifier: Apache-2.0

/// A webhook of Discord under `/api/webhooks/1/token`: 204, or 200 with the message under `wait=true`; PATCH edits.
public final class DiscordTarget: StrictTarget {
    private let memory = TargetMemory<(id: String, body: [UInt8])>()

    /// A webhook without messages.
    public init() {}

    /// The bodies of the messages that are there, edits applied, by their order.
    public var messages: [[UInt8]] { memory.messages.map(\.body) }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// Deletes all messages: edits of them are answered 404, code 10008.
    public func deleteMessages() { memory.change { $0 = [] } }

    /// Discord's own answers: 200, 204, 400 with code 50035, 404 with codes 10008 and 10015.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        let path = request.path.split(separator: "/")
        guard path.starts(with: ["api", "webhooks", "1", "token"]) else {
            return .text("{\"message\": \"Unknown Webhook\", \"code\": 10015}", status: 404)
        }
        do throws(Refusal) {
            try check(request)
        } catch {
            return .text(
                "{\"message\": \"Invalid Form Body: \(error.words)\", \"code\": 50035, \"errors\": {}}",
                status: error.status)
        }
        if request.method == "PATCH", path.count == 6, path[4] == "messages" {
            return edit(String(path[5]), to: request.body)
        }
        guard request.method == "POST", path.count == 4 else { return .text("{\"code\": 0}", status: 405) }
        let id = memory.change { messages in
            let id = String(1_176_000_000_000_000_000 + messages.count)
            messages.append((id, request.body))
            return id
        }
        let query = request.target.drop { $0 != "?" }.dropFirst().split(separator: "&")
        guard query.contains("wait=true") else { return .status(204) }
        return .text("{\"id\": \"\(id)\", \"type\": 0, \"embeds\": []}")
    }

    private func edit(_ id: String, to body: [UInt8]) -> ScriptedResponse {
        let isThere = memory.change { messages in
            guard let index = messages.firstIndex(where: { $0.id == id }) else { return false }
            messages[index].body = body
            return true
        }
        return isThere
            ? .text("{\"id\": \"\(id)\", \"type\": 0}")
            : .text("{\"message\": \"Unknown Message\", \"code\": 10008}", status: 404)
    }

    private func check(_ request: RecordedRequest) throws(Refusal) {
        guard request.header("content-type") == "application/json" else { throw Refusal("no JSON") }
        let payload = try TargetJSON(request.body)
        try payload.only("embeds", "allowed_mentions")
        guard payload["allowed_mentions"]?["parse"]?.items?.isEmpty == true else { throw Refusal("mentions") }
        guard let embeds = payload["embeds"]?.items, (1...10).contains(embeds.count)
        else { throw Refusal("embeds") }
        var sum = 0
        for embed in embeds { sum += try length(of: embed) }
        guard sum <= 6000 else { throw Refusal("embeds exceed 6000") }
    }

    private func length(of embed: TargetJSON) throws(Refusal) -> Int {
        try embed.only("title", "url", "description", "timestamp", "color", "footer")
        let title = try embed.required("title")
        let description = embed["description"]?.text ?? ""
        let footer =
            try embed["footer"].map { (footer: TargetJSON) throws(Refusal) in
                try footer.required("text")
            } ?? ""
        guard title.unicodeScalars.count <= 256, description.unicodeScalars.count <= 4096,
            footer.unicodeScalars.count <= 2048, embed["description"].map({ $0.text?.isEmpty == false }) ?? true
        else { throw Refusal("embed too long") }
        if let url = embed["url"]?.text {
            try InertText.checkLink(url)
            guard url.unicodeScalars.count <= 2048 else { throw Refusal("url too long") }
        }
        guard let stamp = embed["timestamp"]?.text, stamp.count == 24, stamp.hasSuffix("Z"),
            (0...0xFFFFFF).contains(embed["color"]?.number ?? -1)
        else { throw Refusal("timestamp or color") }
        let (rest, texts, _) = try InertText.links(in: description)
        let lines = rest.split(separator: "\n").filter { !($0.hasPrefix("+") && $0.hasSuffix(" more")) }
        for part in texts + lines.map(String.init) + [title]
        where InertText.hasBare("*_~`|>#-+[]()<@", in: part) {
            throw Refusal("markup in the text: \(part.prefix(40))")
        }
        return [title, description, footer].reduce(0) { $0 + $1.unicodeScalars.count }
    }
}
