// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Answers of targets")
struct AnswersOfTargetsTests {
    private let now = Instant(milliseconds: 1_795_338_843_000)

    private func judge(
        _ receiver: any Receiver, _ status: Int, _ body: String, floor: Duration = .zero, rate: RateHints = .none,
        editing: String? = nil, isPlain: Bool = false
    ) -> Answer {
        var alert = BoundAlert(id: Sample.id, body: [], editing: editing)
        alert.isPlain = isPlain
        return receiver.judge(
            .answered(status: status, floor: floor, body: Array(body.utf8), rate: rate), of: alert, at: now)
    }

    @Test("slack and mattermost have a message only when they say ok (W5, W6)")
    func ok() {
        for receiver in [Target.slack, Target.mattermost] as [any Receiver] {
            #expect(judge(receiver, 200, "ok").answerClass == .success)
            #expect(judge(receiver, 200, "ok\n").answerClass == .success)
            #expect(judge(receiver, 200, "<html>sign in</html>").answerClass == .configSuspect)
            #expect(judge(receiver, 204, "").answerClass == .configSuspect)
            #expect(judge(receiver, 400, "invalid_blocks").answerClass == .configSuspect)
            #expect(judge(receiver, 500, "rollup_error").answerClass == .transient)
        }
        #expect(judge(Target.slack, 410, "channel_is_archived").answerClass == .gone)
    }

    @Test("discord has a message when it returns its id; 401, 403 and 404 disable the receiver (W7)")
    func discord() {
        let taken = judge(Target.discord, 200, #"{"id":"117","type":0}"#)
        #expect(taken.answerClass == .success && taken.remoteID == "117")
        #expect(judge(Target.discord, 204, "").answerClass == .configSuspect)
        for status in [401, 403, 404] {
            #expect(judge(Target.discord, status, #"{"code":10015}"#).answerClass == .gone)
        }
        #expect(judge(Target.discord, 400, #"{"code":50035}"#).answerClass == .configSuspect)
    }

    @Test("an edit of a discord message that is gone asks for a new one; a webhook that is gone does not (W7, D16)")
    func discordEdit() {
        #expect(judge(Target.discord, 404, #"{"code":10008}"#, editing: "1").editTargetIsGone)
        let gone = judge(Target.discord, 404, #"{"code":10015}"#, editing: "1")
        #expect(!gone.editTargetIsGone && gone.answerClass == .gone)
    }

    @Test("discord's rate headers outrank the body, which once named milliseconds (W7)")
    func discordRate() {
        let body = #"{"message":"You are being rate limited.","retry_after":64570,"global":false}"#
        func floor(_ rate: RateHints, header: Duration = .seconds(60)) -> Duration {
            judge(Target.discord, 429, body, floor: header, rate: rate).floor
        }
        #expect(floor(RateHints(hasRetryAfter: true), header: .seconds(65)) == .seconds(65))
        #expect(
            floor(RateHints(hasRetryAfter: true, resetAfter: .seconds(3)), header: .seconds(65)) == .seconds(65))
        #expect(floor(RateHints(resetAfter: .milliseconds(64_570))) == .seconds(65))
        #expect(floor(.none) == .seconds(64_570))
        let short = judge(Target.discord, 429, #"{"retry_after":0.3}"#, floor: .seconds(60))
        #expect(short.floor == .seconds(1) && short.floorHoldsReceiver)
    }

    @Test("teams' 2xx that reports an error is that error; 202 is accepted (W8)")
    func teams() {
        #expect(judge(Target.teams, 202, "").answerClass == .success)
        #expect(judge(Target.teams, 200, "1").answerClass == .success)
        let words = "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error"
        let limited = judge(Target.teams, 200, "\(words) 429 with ContextId tcid=0")
        #expect(limited.answerClass == .transient && limited.reason == .rateLimited && limited.floorHoldsReceiver)
        #expect(judge(Target.teams, 200, "\(words) 413 with ContextId").answerClass == .configSuspect)
        #expect(judge(Target.teams, 200, "\(words) 500").answerClass == .transient)
        #expect(judge(Target.teams, 200, "\(words) 410").answerClass == .gone)
    }

    @Test("ntfy's daily quota is a pause until midnight UTC (W9)")
    func ntfy() {
        #expect(judge(Target.ntfy, 200, #"{"id":"x1"}"#).remoteID == "x1")
        let spent = judge(Target.ntfy, 429, #"{"code":42908,"http":429}"#, floor: .seconds(60))
        #expect(now + spent.floor == Instant(rfc3339: "2026-11-23T00:00:00.000Z"))
        #expect(spent.floorHoldsReceiver && spent.answerClass == .transient)
        let limited = judge(Target.ntfy, 429, #"{"code":42901,"http":429}"#, floor: .seconds(60))
        #expect(limited.floor == .seconds(60))
        #expect(judge(Target.ntfy, 200, "<html>").answerClass == .configSuspect)
    }

    @Test("matrix' retry_after_ms counts as Retry-After, which outranks it (W10)")
    func matrix() {
        #expect(judge(Target.matrix, 200, #"{"event_id":"$1"}"#).remoteID == "$1")
        #expect(judge(Target.matrix, 200, #"{"event_id":"$2"}"#, editing: "$1").remoteID == "$1")
        let body = #"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500}"#
        let limited = judge(Target.matrix, 429, body, floor: .seconds(60))
        #expect(limited.floor == .seconds(3) && limited.floorHoldsReceiver)
        let header = judge(Target.matrix, 429, body, floor: .seconds(9), rate: RateHints(hasRetryAfter: true))
        #expect(header.floor == .seconds(9))
        #expect(judge(Target.matrix, 200, "{}").answerClass == .configSuspect)
    }

    @Test("telegram: ok is success, parse errors ask for plain text once, an unchanged edit is success (W11)")
    func telegram() {
        let taken = judge(Target.telegram, 200, #"{"ok":true,"result":{"message_id":42}}"#)
        #expect(taken.answerClass == .success && taken.remoteID == "42")
        #expect(judge(Target.telegram, 200, #"{"ok":false}"#).answerClass == .configSuspect)
        func error(_ words: String, editing: String? = nil, isPlain: Bool = false) -> Answer {
            judge(
                Target.telegram, 400, #"{"ok":false,"error_code":400,"description":"Bad Request: \#(words)"}"#,
                editing: editing, isPlain: isPlain)
        }
        #expect(error("can't parse entities: unclosed tag").asksForPlainText)
        #expect(!error("can't parse entities: unclosed tag", isPlain: true).asksForPlainText)
        let same = error("message is not modified: specified new message content", editing: "42")
        #expect(same.answerClass == .success && same.remoteID == "42")
        #expect(error("message is not modified").answerClass == .configSuspect)
        #expect(error("message to edit not found", editing: "42").editTargetIsGone)
        #expect(error("chat not found", editing: "42").editTargetIsGone == false)
        let limited = judge(
            Target.telegram, 429, #"{"ok":false,"error_code":429,"parameters":{"retry_after":35}}"#,
            floor: .seconds(60))
        #expect(limited.floor == .seconds(35) && limited.floorHoldsReceiver)
    }

    @Test("telegram's plain resend is the frozen text without tags, links behind their words (W11, D4)")
    func telegramPlain() throws {
        var hit = Sample.hit
        hit.title = "A <b> & \"c\""
        let body = Target.telegram.body(Target.message(.hit(hit, group: Target.group))).bytes
        var alert = BoundAlert(id: Sample.id, body: body)
        alert.isPlain = true
        guard case .http(let request)? = Target.telegram.requests(alert, at: now).first else { return }
        #expect(try Target.value(request.body, "parse_mode") == nil)
        #expect(
            try Target.value(request.body, "text") as? String
                == "A <b> & \"c\" (https://www.lemonde.fr/article)\nRésumé\n"
                + "Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium")
    }

    @Test("edits go where the target has them: PATCH, replacement, editMessageText (W7, W10, W11)")
    func edits() throws {
        func request(_ receiver: any Receiver, _ editing: String?) throws -> OutgoingHTTP {
            let alert = BoundAlert(id: Sample.id, body: receiver.body(Target.story()).bytes, editing: editing)
            guard case .http(let request)? = receiver.requests(alert, at: now).first else { throw Missing() }
            return request
        }
        let discord = DiscordReceiver(
            HTTPTarget(name: "d", url: Secret("https://discord.example/api/webhooks/1/x"), userAgent: "kagu"),
            threadID: "9")
        let new = try request(discord, nil)
        #expect(new.method == .post)
        #expect(new.url.revealed == "https://discord.example/api/webhooks/1/x?wait=true&thread_id=9")
        let patch = try request(discord, "117")
        #expect(patch.method == .patch && patch.body == new.body)
        #expect(patch.url.revealed == "https://discord.example/api/webhooks/1/x/messages/117?thread_id=9")
        let event = try request(Target.matrix, "$1")
        #expect(event.method == .put)
        #expect(
            event.url.revealed == "https://target.example.org/hook/_matrix/client/v3/rooms/%21abc%3Aexample.org"
                + "/send/m.room.message/\(Sample.id)")
        #expect(try Target.value(event.body, "m.relates_to.rel_type") == nil)
        let text = String(decoding: event.body, as: UTF8.self)
        #expect(text.contains(#""m.relates_to":{"rel_type":"m.replace","event_id":"$1"}"#))
        #expect(text.contains(#""m.new_content":{"msgtype":"m.notice","body":"Le Groupe"#))
        let edit = try request(Target.telegram, "42")
        #expect(edit.url.revealed == "https://target.example.org/hook/bott0ken/editMessageText")
        #expect(try Target.value(edit.body, "message_id") as? Int == 42)
    }

    @Test("a mail server's 4yz is transient, 5yz config-suspect; refused recipients are a warning (W13)")
    func mail() {
        func judge(_ code: Int, refused: Int = 0) -> Answer {
            Target.email.judge(
                .mailed(code: code, refused: refused), of: BoundAlert(id: Sample.id, body: []), at: now)
        }
        #expect(judge(250).answerClass == .success && judge(250).warning == nil)
        #expect(judge(250, refused: 1).warning == "1 recipient was refused")
        #expect(judge(421).answerClass == .transient && judge(451).answerClass == .transient)
        #expect(judge(550).answerClass == .configSuspect)
        #expect(judge(535).reason == .auth)
    }

    private struct Missing: Error {}
}
