// SPDX-License-Identifier: Apache-2.0

/// A workflow of Teams that posts cards: 202 without a body, 400 above 28 KB.
public typealias TeamsTarget = WebhookTarget<TeamsRules>

/// What a workflow of Teams takes of a message.
public enum TeamsRules: WebhookRules {
    /// 202.
    public static var thanks: ScriptedResponse { .status(202) }

    /// 400 with the workflow's error object.
    public static func answer(to refusal: Refusal) -> ScriptedResponse {
        .text("{\"error\":{\"code\":\"BadRequest\",\"message\":\"\(refusal.words)\"}}", status: refusal.status)
    }

    /// A JSON object with one adaptive card.
    public static func check(_ request: RecordedRequest) throws(Refusal) {
        guard request.method == "POST", request.header("content-type") == "application/json"
        else { throw Refusal("no JSON") }
        guard request.body.count <= 28_000 else { throw Refusal("the message is too large") }
        let payload = try TargetJSON(request.body)
        try payload.only("type", "attachments")
        guard payload["type"]?.text == "message", let attachments = payload["attachments"]?.items,
            attachments.count == 1,
            attachments[0]["contentType"]?.text == "application/vnd.microsoft.card.adaptive",
            let card = attachments[0]["content"]
        else { throw Refusal("no card") }
        try card.only("$schema", "type", "version", "msteams", "body", "actions")
        try card["msteams"]?.only("width")
        guard card["type"]?.text == "AdaptiveCard", card["version"]?.text == "1.4",
            let body = card["body"]?.items, !body.isEmpty
        else { throw Refusal("no card") }
        for block in body {
            try block.only("type", "text", "weight", "isSubtle", "wrap")
            guard block["type"]?.text == "TextBlock", block["wrap"]?.bool == true else { throw Refusal("no block") }
            try checkMarkup(try block.required("text"))
        }
        for action in card["actions"]?.items ?? [] {
            guard action["type"]?.text == "Action.OpenUrl" else { throw Refusal("no action") }
            try InertText.checkLink(try action.required("url"))
        }
    }

    private static func checkMarkup(_ text: String) throws(Refusal) {
        if text.hasPrefix("+"), text.hasSuffix(" more") { return }
        let (rest, texts, _) = try InertText.links(in: text)
        for part in texts + [rest] where InertText.hasBare("`*_[]()#+-!|~><", in: part) {
            throw Refusal("markup in the text: \(part.prefix(40))")
        }
        if text.contains("{{") { throw Refusal("a function in the text") }
    }
}
