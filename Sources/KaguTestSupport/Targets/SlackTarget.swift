// SPDX-License-Identifier: Apache-2.0

/// An incoming webhook of Slack: at most 50 blocks, sections of at most 3,000 characters, plain-text answers.
public typealias SlackTarget = WebhookTarget<SlackRules>

/// What Slack takes of a message.
public enum SlackRules: WebhookRules {
    /// 200 `ok`.
    public static var thanks: ScriptedResponse { .text("ok", headers: ["Content-Type": "text/html"]) }

    /// 400 `invalid_blocks` or `invalid_payload`.
    public static func answer(to refusal: Refusal) -> ScriptedResponse {
        .text(refusal.words, status: refusal.status)
    }

    /// A JSON object of blocks.
    public static func check(_ request: RecordedRequest) throws(Refusal) {
        guard request.method == "POST", request.header("content-type") == "application/json"
        else { throw Refusal("invalid_payload") }
        let payload = try TargetJSON(request.body)
        try payload.only("text", "blocks", "unfurl_links", "unfurl_media")
        guard String(decoding: request.body, as: UTF8.self).utf16.count <= 12_000
        else { throw Refusal("msg_too_long") }
        try checkMarkup(try payload.required("text"))
        guard payload["unfurl_links"]?.bool == false, payload["unfurl_media"]?.bool == false,
            let blocks = payload["blocks"]?.items, (1...50).contains(blocks.count)
        else { throw Refusal("invalid_blocks") }
        for block in blocks {
            switch block["type"]?.text {
            case "section": try checkText(block["text"])
            case "context":
                guard let elements = block["elements"]?.items, (1...10).contains(elements.count)
                else { throw Refusal("invalid_blocks") }
                for element in elements { try checkText(element) }
            default: throw Refusal("invalid_blocks")
            }
        }
    }

    private static func checkText(_ text: TargetJSON?) throws(Refusal) {
        guard let words = text?["text"]?.text, text?["type"]?.text == "mrkdwn",
            (1...3000).contains(words.utf16.count)
        else { throw Refusal("invalid_blocks") }
        try checkMarkup(words)
    }

    /// Angle brackets enclose links alone, ampersands begin one of three entities, and emphasis has no neighbour.
    private static func checkMarkup(_ text: String) throws(Refusal) {
        var rest = Substring(text)
        var previous: Unicode.Scalar?
        while let scalar = rest.unicodeScalars.popFirst() {
            switch scalar {
            case "<":
                let inner = rest.prefix { $0 != ">" }
                guard rest.unicodeScalars.count > inner.unicodeScalars.count,
                    let bar = inner.firstIndex(of: "|"), !inner.contains("<")
                else { throw Refusal("invalid_blocks: a bracket in the text") }
                try InertText.checkLink(String(inner[..<bar]).replacing("&amp;", with: "&"))
                try checkMarkup(String(inner[inner.index(after: bar)...]))
                rest = rest[inner.endIndex...].dropFirst()
            case ">": throw Refusal("invalid_blocks: a bracket in the text")
            case "&":
                guard ["amp;", "lt;", "gt;"].contains(where: { rest.hasPrefix($0) })
                else { throw Refusal("invalid_blocks: an ampersand") }
            case "*", "_", "~", "`":
                guard previous == "\u{200B}" else { throw Refusal("invalid_blocks: emphasis") }
            default: break
            }
            previous = scalar
        }
    }
}
