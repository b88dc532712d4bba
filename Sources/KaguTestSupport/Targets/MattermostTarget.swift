// SPDX-License-Identifier: Apache-2.0

/// An incoming webhook of Mattermost; its server reads mentions wherever they stand.
public typealias MattermostTarget = WebhookTarget<MattermostRules>

/// What Mattermost takes of a message.
public enum MattermostRules: WebhookRules {
    /// 200 `ok`.
    public static var thanks: ScriptedResponse { .text("ok", headers: ["Content-Type": "text/plain"]) }

    /// The server's error object.
    public static func answer(to refusal: Refusal) -> ScriptedResponse {
        let id = "web.incoming_webhook.parse.app_error"
        return .text(
            "{\"id\":\"\(id)\",\"message\":\"\(refusal.words)\",\"status_code\":400}",
            status: refusal.status, headers: ["Content-Type": "application/json"])
    }

    /// A JSON object with a text.
    public static func check(_ request: RecordedRequest) throws(Refusal) {
        guard request.method == "POST", request.header("content-type") == "application/json"
        else { throw Refusal("no JSON") }
        let payload = try TargetJSON(request.body)
        try payload.only("text", "channel", "username")
        let text = try payload.required("text")
        guard text.unicodeScalars.count <= 16_000 else { throw Refusal("text too long") }
        for (number, line) in text.split(separator: "\n").enumerated() {
            var line = Substring(line)
            let prefix = number == 0 ? "#### " : line.hasPrefix("- ") ? "- " : ""
            guard line.hasPrefix(prefix) else { throw Refusal("no heading") }
            line = line.dropFirst(prefix.count)
            if prefix.isEmpty, line.hasPrefix("_"), line.hasSuffix("_"), !line.hasSuffix("\\_") {
                line = line.dropFirst().dropLast()
            }
            let (rest, texts, _) = try InertText.links(in: String(line))
            // "+3 more" is our own.
            let own = rest.hasPrefix("+") && rest.hasSuffix(" more") ? "" : rest
            for part in texts + [own] {
                if InertText.hasBare("`*_{}[]()#+-.!|~>", in: part) { throw Refusal("markup in the text") }
                try checkMentions(part)
            }
        }
    }

    /// The server reads mentions in texts, though not in the addresses of links.
    private static func checkMentions(_ text: String) throws(Refusal) {
        let scalars = Array(text.unicodeScalars)
        for (scalar, next) in zip(scalars, scalars.dropFirst() + ["\n"])
        where (scalar == "@" || scalar == "<") && next != "\u{200B}" {
            throw Refusal("a mention or a tag in the text")
        }
    }
}
