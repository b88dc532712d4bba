// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Message template")
struct MessageTemplateTests {
    private func render(_ node: MessageTemplate.Node, of hit: Hit = Sample.hit) -> String {
        let alert = Alert.bind(
            [hit], to: Destination(receiver: "desk"), as: Sample.id, at: Sample.boundAt,
            for: WebhookReceiver(
                name: "desk", url: Secret("https://example.org"), template: MessageTemplate(node), userAgent: "kagu"
            ))
        return String(decoding: alert.body, as: UTF8.self)
    }

    @Test(
        "a lone placeholder becomes the value with its type, others are text (W3)",
        arguments: [
            ("${type}", #""kagu.hit""#), ("${data.hit.score}", "140"), ("${data.hit.baseline}", "false"),
            ("${data.hit.watches}", #"["big"]"#), ("${data.hit.topics.0.score}", "120"),
            ("${data.group}", #"{"story":"s_7f3k2m9q","watch":"big"}"#), ("${data.hit.nothing}", "null"),
            ("${data.hit.watches.7}", "null"), ("${data.hit.score.deeper}", "null"), ("${}", "null"),
            ("Score: ${data.hit.score}", #""Score: 140""#), ("<${data.hit.nothing}>", #""<>""#),
            ("${data.hit.feed.title}: ${data.hit.title}", #""Le Monde: Le Groupe d'initiative de Bakou""#),
            (" ${data.hit.score}", #"" 140""#), ("$5 and ${open", #""$5 and ${open""#), ("", #""""#),
            ("w: ${data.hit.watches}", #""w: [\"big\"]""#),
        ])
    func placeholders(text: String, expected: String) {
        #expect(render(.string(text)) == expected)
    }

    @Test("lists and maps keep their order, scalars their type (W3)")
    func structure() {
        let template = MessageTemplate.Node.map([
            .init(key: "z", value: .list([.number(1.5), .number(2), .bool(true), .null])),
            .init(key: "a ${type}", value: .map([.init(key: "t", value: .string("${data.hit.title}"))])),
        ])
        #expect(render(template) == #"{"z":[1.5,2,true,null],"a ${type}":{"t":"Le Groupe d'initiative de Bakou"}}"#)
    }

    @Test("text from a feed cannot break out of its string (W3, T29)")
    func hostileText() throws {
        var hit = Sample.hit
        hit.title = #"x","admin":true,"y":"\ {[ ${data.hit.score} \u0041"# + "\u{2028}é"
        hit.summary = "two\nlines \"quoted\" \\ 𝄞"
        let node = MessageTemplate.Node.map([
            .init(key: "alone", value: .string("${data.hit.title}")),
            .init(key: "inside", value: .string("- ${data.hit.title} ${data.hit.summary}")),
        ])
        let wrapped = render(.map([.init(key: "data", value: node)]), of: hit)
        let data = try Sample.data(of: Array(wrapped.utf8))
        let title = #"x","admin":true,"y":"\ {[ ${data.hit.score} \u0041 é"#
        #expect(data["alone"] as? String == title)
        #expect(data["inside"] as? String == "- \(title) \(hit.summary)")
        #expect(data.count == 2)
    }
}
