// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

/// T29: what strangers write stays text, wherever it is shown.
@Suite("Hostile text")
struct HostileTextTests {
    /// Titles, summaries, feed titles, names and links that want to be more.
    static let texts = [
        "@everyone @here @channel @all @kagu <@123> <@&9> <!here> <!channel> <#C1|x> <!subteam^S1>",
        "*bold* _it_ ~strike~ `code` ```block``` **b** __u__ ~~s~~ ||spoiler|| > quote # head - list + l 1. n",
        "[link](https://evil.example) ![i](https://evil.example/i.png) <https://evil.example|bank> <a href=x>",
        "<b>bold</b> <script>alert(1)</script> & &amp; &lt; &#60; <at>all</at> {{DATE(2026-01-01T00:00:00Z)}} ${x}",
        "/start /kick@bot #hashtag $CASHTAG https://evil.example user@example.org",
        "\u{202E}gnp.exe\u{202C} \u{2066}x\u{2069} \u{0}\u{7}\u{1B}[31m \u{9B}31m \u{85} \u{2028} \u{FEFF}\r\n.\r\nQUIT",
        "Title\r\nBcc: victim@example.org\r\n\r\nbody",
        "\\ \\\\ \\* \\] ]( )[ \" ' \"\" \\u0000 \\n </strong></a></b> ]]> \u{FFFD}",
        String(repeating: "<", count: 2000), String(repeating: "]", count: 2000),
        String(repeating: "\\", count: 999),
        "a" + String(repeating: "\u{0301}", count: 9000), String(repeating: "👩‍👩‍👧‍👦🇫🇷", count: 500),
        "", " ", "\n\n\n",
    ]

    static let links = [
        "https://evil.example/>)|\"`<b>\\ x(1)[2]{3}?a=1&b=2#@everyone", "javascript:alert(1)", "data:text/html,x",
        "https://user:word@evil.example/", "https://evil.example/" + String(repeating: "a", count: 5000),
        "https://evil.example/" + String(repeating: "&", count: 1900), "HTTPS://EVIL.EXAMPLE/ü/中", "",
    ]

    static func hits(_ text: String, _ link: String) -> Hit {
        var hit = Sample.hit
        (hit.title, hit.summary, hit.url) = (text, text, link)
        hit.feed.title = text
        hit.mentions = [.make(alias: text, text: text)]
        return hit
    }

    static func messages(_ text: String, _ link: String) -> [AlertMessage] {
        let hit = hits(text, link)
        var other = hit
        (other.id, other.feed.id, other.story) = ("h_2", "other", "s_2")
        let notice = HealthNotice(
            subject: .init(kind: .feed, id: "f", title: text), state: "failing", previous: "ok",
            since: Sample.seen, error: text, advice: "kagu feeds show f")
        return [
            Target.message(.hit(hit, group: Target.group)),
            Target.message(
                .story(
                    StoryTelling(
                        story: StorySummary([hit]), newHits: [hit], group: Target.group, update: 1, first: Sample.id
                    )),
                .update),
            Target.message(.digest(DigestContent(hits: [hit, other])), .schedule),
            Target.message(.notice(notice), .health),
            Target.message(.test(note: text.isEmpty ? "note" : text), .test),
        ]
    }

    @Test(
        "every target takes hostile text in every kind of message, and it does nothing there (T29, W16)",
        arguments: StrictPair.all)
    func inert(pair: StrictPair) {
        for text in Self.texts {
            for message in Self.messages(text, Self.links[0]) {
                let refusal = pair.refusal(of: message)
                #expect(refusal == nil, "\(message.content.kind) of \(text.prefix(60)): \(refusal ?? "")")
            }
        }
    }

    @Test("links of all sorts are encoded or left out (T29, W16)", arguments: StrictPair.all)
    func links(pair: StrictPair) {
        for link in Self.links {
            for message in Self.messages("A title", link) {
                let refusal = pair.refusal(of: message)
                #expect(refusal == nil, "\(message.content.kind) with \(link.prefix(60)): \(refusal ?? "")")
            }
        }
        for message in Self.messages("A title", "javascript:alert(1)") {
            #expect(!Target.text(pair.receiver, message).contains("javascript"))
        }
    }

    @Test("a mail of hostile text keeps to RFC 5322 and says nothing in its headers (T29, W13)")
    func mail() throws {
        for text in Self.texts {
            for message in Self.messages(text, Self.links[0]) {
                let mail = try MailReading(Target.email.body(message).bytes)
                #expect(mail.headerNames == MailReading.usual || mail.headerNames == MailReading.ofUpdate)
                #expect(!mail.headers.contains { $0.value.contains { $0.isNewline } })
            }
        }
    }

    @Test("of a title of 1 MB a message holds the beginning (T29, W15)", arguments: StrictPair.all)
    func megabyte(pair: StrictPair) {
        let hit = Self.hits(String(repeating: "x", count: 1 << 20), Self.links[0])
        #expect(pair.refusal(of: Target.message(.hit(hit, group: Target.group))) == nil)
    }

    @Test("the webhook's text is the hit's, without controls, and never above its limit (T29, W15, W16)")
    func webhook() throws {
        let webhook = WebhookReceiver(name: "desk", url: Secret("https://example.org"), userAgent: "kagu")
        for text in Self.texts {
            for message in Self.messages(text, Self.links[0]) {
                let body = webhook.body(message).bytes
                #expect(body.count <= 20_000)
                #expect(try Target.value(body, "type") as? String == message.content.kind.rawValue)
            }
        }
    }
}
