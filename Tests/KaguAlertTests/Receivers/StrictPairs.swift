// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

/// A receiver with a strict stand-in of its target, without a wire between them.
struct StrictPair: Sendable, CustomTestStringConvertible {
    let receiver: any Receiver
    let target: any StrictTarget

    var testDescription: String { receiver.kind.rawValue }

    /// Every type that posts over HTTP; mail has a reader of its own.
    static var all: [StrictPair] {
        let discord = DiscordReceiver(
            HTTPTarget(name: "d", url: Secret("https://discord.example/api/webhooks/1/token"), userAgent: "kagu"))
        let root = HTTPTarget(
            name: "r", url: Secret("https://target.example"), token: Secret("t0ken"), userAgent: "kagu")
        return [
            .init(receiver: Target.slack, target: SlackTarget()),
            .init(receiver: Target.mattermost, target: MattermostTarget()),
            .init(receiver: discord, target: DiscordTarget()),
            .init(receiver: Target.teams, target: TeamsTarget()),
            .init(receiver: NtfyReceiver(root, topic: "kagu"), target: NtfyTarget(token: "t0ken")),
            .init(
                receiver: MatrixReceiver(root, room: "!abc:example.org"), target: MatrixTarget(token: "t0ken")),
            .init(receiver: TelegramReceiver(root, chat: "-1001"), target: TelegramTarget(token: "t0ken")),
            .init(receiver: AlertmanagerReceiver(root), target: AlertmanagerTarget()),
        ]
    }

    /// What the target says to each request of a message; nil: it takes it.
    func refusal(of message: AlertMessage, editing: String? = nil) -> String? {
        let body = receiver.body(message).bytes
        let alert = BoundAlert(id: message.id, body: body, editing: editing)
        for request in receiver.requests(alert, at: Sample.boundAt) {
            guard case .http(let request) = request else { continue }
            let url = request.url.revealed
            let path = url.firstRange(of: "://").flatMap { scheme in
                url[scheme.upperBound...].firstIndex(of: "/").map { String(url[$0...]) }
            }
            let token = request.headers.first { $0.name == "authorization" }?.value.revealed.dropFirst(7)
            let answer = target.answer(
                request.method.rawValue, path ?? "/", token: token.map(String.init), body: request.body)
            let judged = receiver.judge(
                .answered(status: answer.status, body: Array(answer.bodyText.utf8)), of: alert, at: Sample.boundAt)
            if judged.answerClass != .success { return "\(answer.status) \(answer.bodyText)" }
        }
        return nil
    }
}
