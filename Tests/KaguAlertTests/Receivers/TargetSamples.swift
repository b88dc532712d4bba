// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguAlert
import KaguModel
import KaguTestSupport

/// Receivers and messages that the tests of targets share.
enum Target {
    static let http = HTTPTarget(
        name: "desk", url: Secret("https://target.example.org/hook"), token: Secret("t0ken"),
        userAgent: "kagu/1.2.3")
    static let slack = SlackReceiver(http)
    static let mattermost = MattermostReceiver(http, channel: "press", username: "kagu")
    static let discord = DiscordReceiver(http)
    static let teams = TeamsReceiver(http)
    static let ntfy = NtfyReceiver(http, topic: "kagu")
    static let matrix = MatrixReceiver(http, room: "!abc:example.org")
    static let telegram = TelegramReceiver(http, chat: "-1001", threadID: "7")
    static let alertmanager = AlertmanagerReceiver(http)
    static let email = EmailReceiver(
        name: "desk", url: Secret("smtp://mail.example.org:587"), from: "kagu@example.org",
        to: ["ops@example.org", "press@example.org"])

    static let all: [any Receiver] = [
        slack, mattermost, discord, teams, ntfy, matrix, telegram, alertmanager, email,
    ]

    static func message(_ content: AlertContent, _ reason: Alert.Reason = .new) -> AlertMessage {
        AlertMessage(
            id: Sample.id, receiver: "desk", route: "urgent", reason: reason, boundAt: Sample.boundAt,
            content: content)
    }

    static let group = AlertGroup(route: "urgent", labels: [.init(label: .story, value: "s_7f3k2m9q")])
    static let hit = message(.hit(Sample.hit, group: group))

    static func story(update: Int = 1, told: Severity? = nil, severity: Severity = .medium) -> AlertMessage {
        var later = Sample.hit(2, story: Sample.hit.story, title: "Another title")
        later.severity = severity
        return message(
            .story(
                StoryTelling(
                    story: StorySummary([Sample.hit, later]), newHits: [later], group: group, update: update,
                    first: Sample.id, toldSeverity: told)), .step)
    }

    static let digest = message(
        .digest(DigestContent(hits: [Sample.hit, Sample.hit(2), Sample.hit(3, story: "s_2")])), .rateCap)

    static func notice(_ state: String = "failing", previous: String = "ok") -> AlertMessage {
        message(
            .notice(
                HealthNotice(
                    subject: .init(kind: .feed, id: "lemonde-une", title: "Le Monde"), state: state,
                    previous: previous, since: Sample.seen, error: state == "ok" ? nil : "HTTP 503 for 6 h",
                    advice: "kagu feeds show lemonde-une")), .health)
    }

    static let test = message(.test(note: "test message of kagu 1.2.3 on newsroom"), .test)

    static let messages = [hit, story(), digest, notice(), notice("ok", previous: "failing"), test]

    static func text(_ receiver: any Receiver, _ message: AlertMessage) -> String {
        String(decoding: receiver.body(message).bytes, as: UTF8.self)
    }

    /// The JSON of a body at a path of keys and numbers.
    static func value(_ body: [UInt8], _ path: String) throws -> Any? {
        var value: Any? = try JSONSerialization.jsonObject(with: Data(body))
        for key in path.split(separator: ".") {
            if let number = Int(key) {
                value = (value as? [Any])?[number]
            } else {
                value = (value as? [String: Any])?[String(key)]
            }
        }
        return value
    }
}
