// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguAlert
import KaguModel
import Testing

@Suite("Layouts of targets")
struct LayoutTests {
    @Test("slack: linked title and summary, meta as context, nothing unfurled (W5)")
    func slack() {
        #expect(
            Target.text(Target.slack, Target.hit)
                == #"{"text":"Le Groupe d'initiative de Bakou","blocks":["#
                + #"{"type":"section","text":{"type":"mrkdwn","text":"#
                + #""<https://www.lemonde.fr/article|Le Groupe d'initiative de Bakou>\nRésumé"}},"#
                + #"{"type":"context","elements":[{"type":"mrkdwn","text":"#
                + #""Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium"}]}],"#
                + #""unfurl_links":false,"unfurl_media":false}"#)
    }

    @Test("mattermost: a linked heading, summary, meta in italics, channel and user name (W6)")
    func mattermost() {
        #expect(
            Target.text(Target.mattermost, Target.hit)
                == #"{"text":""# + "#### "
                + #"[Le Groupe d'initiative de Bakou](https://www.lemonde.fr/article)\nRésumé\n"#
                + #"_Le Monde \\(independent\\) · FR · big: Groupe d'initiative de Bakou · medium_","#
                + #""channel":"press","username":"kagu"}"#)
    }

    @Test("discord: one embed, no mention allowed (W7)")
    func discord() {
        #expect(
            Target.text(Target.discord, Target.hit)
                == #"{"embeds":[{"title":"Le Groupe d'initiative de Bakou","url":"https://www.lemonde.fr/article","#
                + #""description":"Résumé","timestamp":"2026-11-22T09:13:31.482Z","color":3447003,"footer":{"text":"#
                + #""Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium"}}],"#
                + #""allowed_mentions":{"parse":[]}}"#)
    }

    @Test("teams: an Adaptive Card 1.4 with an action that opens the article (W8)")
    func teams() {
        #expect(
            Target.text(Target.teams, Target.hit)
                == #"{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","#
                + #""contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","#
                + #""type":"AdaptiveCard","version":"1.4","msteams":{"width":"full"},"body":["#
                + #"{"type":"TextBlock","text":"Le Groupe d'initiative de Bakou","weight":"bolder","wrap":true},"#
                + #"{"type":"TextBlock","text":"Résumé","wrap":true},{"type":"TextBlock","text":"#
                + #""Le Monde \\(independent\\) · FR · big: Groupe d'initiative de Bakou · medium","#
                + #""isSubtle":true,"wrap":true}],"actions":[{"type":"Action.OpenUrl","title":"Open","#
                + #""url":"https://www.lemonde.fr/article"}]}}]}"#)
    }

    @Test("ntfy: title, message, click, priority and tag by severity, the story as sequence (W9)")
    func ntfy() {
        #expect(
            Target.text(Target.ntfy, Target.hit)
                == #"{"topic":"kagu","title":"Le Groupe d'initiative de Bakou","message":"Résumé\n"#
                + #"Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium","#
                + #""click":"https://www.lemonde.fr/article","priority":3,"tags":["medium"],"#
                + #""sequence_id":"s_7f3k2m9q"}"#)
        let priorities = Severity.allCases.map { severity in
            var hit = Sample.hit
            hit.severity = severity
            let body = Target.ntfy.body(Target.message(.hit(hit, group: Target.group))).bytes
            return (try? Target.value(body, "priority")) as? Int
        }
        #expect(priorities == [2, 3, 4, 5])
    }

    @Test("matrix: a notice with plain and HTML text, a text for critical hits, nobody mentioned (W10)")
    func matrix() throws {
        #expect(
            Target.text(Target.matrix, Target.hit)
                == #"{"msgtype":"m.notice","body":"Le Groupe d'initiative de Bakou\nhttps://www.lemonde.fr/article\n"#
                + #"Résumé\nLe Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium","#
                + #""format":"org.matrix.custom.html","formatted_body":"<strong>"#
                + #"<a href=\"https://www.lemonde.fr/article\">Le Groupe d'initiative de Bakou</a></strong>"#
                + #"<br>Résumé<br><em>Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium</em>","#
                + #""m.mentions":{}}"#)
        var hit = Sample.hit
        hit.severity = .critical
        let body = Target.matrix.body(Target.message(.hit(hit, group: Target.group))).bytes
        #expect(try Target.value(body, "msgtype") as? String == "m.text")
    }

    @Test("telegram: HTML without previews, silent for low hits, a numeric chat and a thread (W11)")
    func telegram() throws {
        #expect(
            Target.text(Target.telegram, Target.hit)
                == #"{"chat_id":-1001,"message_thread_id":7,"text":"<b>"#
                + #"<a href=\"https://www.lemonde.fr/article\">Le Groupe d'initiative de Bakou</a></b>\nRésumé\n"#
                + #"<i>Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium</i>","#
                + #""parse_mode":"HTML","link_preview_options":{"is_disabled":true},"disable_notification":false}"#)
        var hit = Sample.hit
        hit.severity = .low
        let body = TelegramReceiver(Target.http, chat: "@kagu")
            .body(Target.message(.hit(hit, group: Target.group))).bytes
        #expect(try Target.value(body, "chat_id") as? String == "@kagu")
        #expect(try Target.value(body, "disable_notification") as? Bool == true)
    }

    @Test("alertmanager: the story as an alert with the first hit's labels that ends by itself (W12)")
    func alertmanager() {
        #expect(
            Target.text(Target.alertmanager, Target.hit)
                == #"[{"labels":{"alertname":"KaguStory","source":"kagu","story":"s_7f3k2m9q","watch":"big","#
                + #""severity":"medium","feed":"lemonde-une","class":"independent","lang":"fr","country":"FR"},"#
                + #""annotations":{"summary":"Le Groupe d'initiative de Bakou","description":"Résumé","#
                + #""url":"https://www.lemonde.fr/article","outlets":"1","#
                + #""alert":"\#(Sample.id)"},"startsAt":"2026-11-22T09:13:31.482Z","#
                + #""endsAt":"2026-11-22T10:14:03.000Z","generatorURL":"https://www.lemonde.fr/article"}]"#)
    }

    @Test(
        "alertmanager: when the severity rises, the old label set is sent too and ends now, in a request of its own (W12)"
    )
    func alertmanagerRise() throws {
        let body = Target.alertmanager.body(Target.story(told: .medium, severity: .critical)).bytes
        let requests = Target.alertmanager.requests(BoundAlert(id: Sample.id, body: body), at: Sample.boundAt)
        let bodies = requests.compactMap { request -> [UInt8]? in
            if case .http(let request) = request { request.body } else { nil }
        }
        #expect(bodies.count == 2)
        #expect(try bodies.map { try Target.value($0, "0.labels.severity") as? String } == ["critical", "medium"])
        #expect(
            try bodies.map { try Target.value($0, "0.labels.feed") as? String } == ["lemonde-une", "lemonde-une"])
        #expect(
            try bodies.map { try Target.value($0, "0.endsAt") as? String }
                == ["2026-11-22T10:14:03.000Z", "2026-11-22T09:14:03.000Z"])
        #expect(Target.alertmanager.body(Target.story(told: .medium)).bytes.contains(0x0A) == false)
    }

    @Test("alertmanager: digests, health and tests have their own names; a recovery ends its alert (W12)")
    func alertmanagerOthers() throws {
        let names = try [Target.digest, Target.notice(), Target.test].map {
            try Target.value(Target.alertmanager.body($0).bytes, "0.labels.alertname") as? String
        }
        #expect(names == ["KaguDigest", "KaguHealth", "KaguTest"])
        let digest = Target.alertmanager.body(Target.digest).bytes
        #expect(try Target.value(digest, "0.labels.route") as? String == "urgent")
        let failing = Target.alertmanager.body(Target.notice()).bytes
        let well = Target.alertmanager.body(Target.notice("ok", previous: "failing")).bytes
        let labels = try [failing, well].map { try Target.value($0, "0.labels") as? [String: String] }
        #expect(labels[0] == labels[1])
        #expect(labels[0]?["kind"] == "feed" && labels[0]?["id"] == "lemonde-une")
        #expect(try Target.value(failing, "0.endsAt") as? String == "2026-11-22T10:14:03.000Z")
        #expect(try Target.value(well, "0.endsAt") as? String == "2026-11-22T09:14:03.000Z")
    }

    @Test("a story tells its outlets and the first of them, a digest its totals and a line a story (W4)")
    func stories() throws {
        let story = try Target.value(Target.slack.body(Target.story()).bytes, "blocks.1.elements.0.text") as? String
        #expect(
            story == "2 outlets, first: Le Monde (independent) · FR, TR · big, watch: "
                + "Groupe d'initiative de Bakou · medium")
        let digest = try Target.value(Target.telegram.body(Target.digest).bytes, "text") as? String
        #expect(
            digest == """
                <b>3 hits, 2 stories, 3 outlets</b>
                <i>2026-11-22 09:13 UTC · rate cap</i>
                • <a href="https://www.lemonde.fr/article">Le Groupe d'initiative de Bakou</a> · \
                Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium
                • <a href="https://example.org/item-1">Title</a> · 2 outlets, first: Feed (state) · TR · watch · medium
                """)
    }

    @Test("a notice tells subject, state, error and advice, a test its sentence (W4)")
    func notices() throws {
        let notice = try Target.value(Target.ntfy.body(Target.notice()).bytes, "message") as? String
        #expect(notice == "HTTP 503 for 6 h\nkagu feeds show lemonde-une")
        let title = try Target.value(Target.ntfy.body(Target.notice()).bytes, "title") as? String
        #expect(title == "Le Monde: failing (was ok)")
        let test = try Target.value(Target.ntfy.body(Target.test).bytes, "message") as? String
        #expect(test == "test message of kagu 1.2.3 on newsroom")
    }

    @Test("kagu.feed in the webhook's envelope has its members in order, the error where there is one (W2)")
    func feedEnvelope() {
        let webhook = WebhookReceiver(name: "desk", url: Secret("https://example.org"), userAgent: "kagu")
        let head =
            #"{"type":"kagu.feed","timestamp":"2026-11-22T09:14:03.000Z","data":{"alert":"\#(Sample.id)","#
            + #""receiver":"desk","route":"urgent","reason":"health","#
            + #""subject":{"kind":"feed","id":"lemonde-une","title":"Le Monde"},"#
        #expect(
            Target.text(webhook, Target.notice()) == head
                + #""state":"failing","previous":"ok","since":"2026-11-22T09:13:31.482Z","#
                + #""error":"HTTP 503 for 6 h","advice":"kagu feeds show lemonde-une"}}"#)
        #expect(
            Target.text(webhook, Target.notice("ok", previous: "failing")) == head
                + #""state":"ok","previous":"failing","since":"2026-11-22T09:13:31.482Z","#
                + #""advice":"kagu feeds show lemonde-une"}}"#)
    }

    @Test("a hit without a title is headed by its summary, one without either by its outlet (W4)")
    func untitled() throws {
        var hit = Sample.hit
        hit.title = " "
        let summary = Target.ntfy.body(Target.message(.hit(hit, group: Target.group))).bytes
        #expect(try Target.value(summary, "title") as? String == "Résumé")
        hit.summary = ""
        let outlet = Target.ntfy.body(Target.message(.hit(hit, group: Target.group))).bytes
        #expect(try Target.value(outlet, "title") as? String == "Le Monde (independent)")
    }

    @Test("only hits and stories can be edited later, and only where the target edits (W14)")
    func editable() {
        let editing: Set<ReceiverKind> = [.discord, .ntfy, .matrix, .telegram, .alertmanager]
        for receiver in Target.all {
            #expect(receiver.canEdit == editing.contains(receiver.kind))
            #expect(
                Target.messages.map { receiver.body($0).isEditable }
                    == [receiver.canEdit, receiver.canEdit, false, false, false, false])
        }
    }

    @Test("gaps between messages are those of W15")
    func gaps() {
        let gaps: [ReceiverKind: Int] = [
            .webhook: 0, .slack: 1, .mattermost: 1, .discord: 2, .teams: 1, .ntfy: 5, .matrix: 1, .telegram: 3,
            .alertmanager: 0, .email: 1,
        ]
        for kind in ReceiverKind.allCases { #expect(gaps[kind].map { .seconds($0) } == kind.gap) }
    }

    @Test("lists show name and host, never the URL (D15)")
    func names() {
        #expect(Target.slack.displayName == "desk (target.example.org)")
        #expect(Target.email.displayName == "desk (mail.example.org)")
        let odd = SlackReceiver(
            HTTPTarget(name: "x", url: Secret("https://user:word@[::1]:80/secret"), userAgent: "kagu"))
        #expect(odd.displayHost == "[::1]")
    }
}
