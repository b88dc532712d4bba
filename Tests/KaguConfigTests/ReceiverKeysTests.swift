// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Keys of receivers")
struct ReceiverKeysTests {
    private func receiver(_ lines: String) throws -> (settings: ReceiverSettings, warnings: [String]) {
        let config = try load(
            "feeds: []\nwatches: []\nalerts:\n  receivers:\n    - {name: desk, \(lines)}\n"
        ).get()
        return (try #require(config.alerts.receivers.first), config.warnings.map(\.description))
    }

    @Test("every type loads with its keys (R1)")
    func types() throws {
        let lines = [
            "type: slack, url: https://hooks.example.org/x", "type: mattermost, url: https://m.example.org/hooks/x",
            "type: discord, url: https://discord.example.org/api/webhooks/1/x, thread_id: 17",
            "type: teams, url: https://flow.example.org/x",
            "type: ntfy, url: https://ntfy.example.org, topic: kagu",
            "type: matrix, url: https://matrix.example.org, room: \"!a:b\", token: t",
            "type: telegram, chat_id: \"@press\", token: t, thread_id: 3",
            "type: alertmanager, url: \"http://am.example.org:9093\"",
            "type: email, url: \"smtp://mail.example.org:587\", from: a@example.org, to: b@example.org",
        ]
        for line in lines { #expect(try receiver(line).settings.headers.isEmpty, "\(line)") }
        #expect(try receiver(lines[6]).settings.url.revealed == "https://api.telegram.org")
        #expect(try receiver(lines[7]).settings.activeFor == .seconds(3600))
        #expect(try receiver(lines[7] + ", active_for: 2h").settings.activeFor == .seconds(7200))
        #expect(try receiver(lines[8]).settings.recipients == ["b@example.org"])
    }

    @Test("a password without encryption is warned of (W13)")
    func clearPassword() throws {
        let mail =
            "type: email, url: \"smtp://mail.example.org\", from: a@example.org, to: [b@example.org], tls: none"
        #expect(try receiver(mail).warnings.isEmpty)
        let warnings = try receiver(mail + ", username: a, password: word").warnings
        #expect(warnings.count == 1)
        #expect(warnings[0].hasSuffix("the password goes over the network unencrypted; remove tls: none"))
        #expect(!warnings[0].contains("word}"))
    }
}
