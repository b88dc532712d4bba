// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import KaguDaemon

@Suite("Attempts at mail servers")
struct MailAttemptTests {
    private let bench = AttemptBench()

    private func receiver(
        _ server: MailTarget, tls: Bool = false, to: [String] = ["ops@example.org"], user: String? = nil,
        timeout: Duration = .seconds(5)
    ) -> EmailReceiver {
        EmailReceiver(
            name: "mail", url: Secret(server.url), requiresTLS: tls, from: "kagu@example.org", to: to,
            username: user, password: user.map { _ in Secret("pass word") }, timeout: timeout)
    }

    @Test("a mail arrives with its envelope, headers and text (W13)")
    func delivered() async throws {
        let server = try MailTarget()
        let message = AttemptBench.message(.make(title: "Čas \u{1F600}", summary: "A\n.\nB"))
        let to = ["ops@example.org", "press@example.org"]
        let result = try #require(await bench.attempt(receiver(server, to: to), message))
        #expect(result.verdict == .delivered(remoteID: nil))
        #expect(result.record.status == 250)
        let mail = try #require(server.mails.first)
        #expect(mail.sender == "kagu@example.org" && mail.recipients == to)
        #expect(mail.header("Subject") == "[kagu] [medium] Čas \u{1F600}")
        #expect(mail.header("Message-ID") == "<\(AttemptBench.id)@example.org>")
        #expect(mail.text.hasPrefix("Čas \u{1F600}\r\nhttps://example.org/item-1\r\n\r\nA . B\r\n"))
    }

    @Test("recipients that are refused are a warning while one is left, and a failure when none is (W13)")
    func refusedRecipients() async throws {
        var manners = MailTarget.Manners()
        manners.replies = ["RCPT TO:<gone@": "550 5.1.1 no such user"]
        let server = try MailTarget(manners)
        let some = try #require(
            await bench.attempt(receiver(server, to: ["gone@example.org", "ops@example.org", "gone@example.com"])))
        #expect(some.verdict == .delivered(remoteID: nil))
        #expect(some.answer.warning == "2 recipients were refused")
        #expect(server.mails.map(\.recipients) == [["ops@example.org"]])
        let none = try #require(await bench.attempt(receiver(server, to: ["gone@example.org"])))
        #expect(none.answer.answerClass == .configSuspect)
        #expect(none.record.status == 550)
        #expect(none.record.excerpt == "550 5.1.1 no such user")
    }

    @Test(
        "4yz is transient, 5yz config-suspect, whenever it comes (W13)",
        arguments: [
            ("MAIL", "451 4.3.0 try again", 451), ("MAIL", "550 5.7.1 not you", 550),
            ("RCPT", "452 4.2.2 full", 452),
            ("DATA", "421 4.3.2 closing", 421), (".", "554 5.7.1 spam", 554), (".", "450 4.2.0 greylisted", 450),
            ("greeting", "421 4.3.2 too busy", 421), ("greeting", "554 5.3.2 no service", 554),
        ])
    func refusals(command: String, reply: String, code: Int) async throws {
        var manners = MailTarget.Manners()
        manners.replies = [command: reply]
        let server = try MailTarget(manners)
        let result = try #require(await bench.attempt(receiver(server)))
        #expect(result.answer.answerClass == (code < 500 ? .transient : .configSuspect))
        #expect(result.record.status == code)
        #expect(server.mails.isEmpty)
    }

    @Test("without STARTTLS at the server nothing is said unless tls is none (W13)")
    func encryption() async throws {
        let server = try MailTarget()
        let result = try #require(await bench.attempt(receiver(server, tls: true, user: "kagu")))
        #expect(result.answer.answerClass == .configSuspect && result.answer.reason == .tls)
        #expect(result.record.excerpt == "the server does not offer STARTTLS")
        #expect(server.commands.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" })
        #expect(server.mails.isEmpty)
    }

    @Test("an account logs in; a wrong password is for somebody to mend and appears nowhere (W13, D15)")
    func account() async throws {
        var manners = MailTarget.Manners()
        manners.account = ("kagu", "pass word")
        let server = try MailTarget(manners)
        let good = try #require(await bench.attempt(receiver(server, user: "kagu")))
        #expect(good.verdict == .delivered(remoteID: nil))
        let bad = try #require(await bench.attempt(receiver(server, user: "somebody")))
        #expect(bad.answer.reason == .auth && bad.answer.answerClass == .configSuspect)
        let none = try #require(await bench.attempt(receiver(server)))
        #expect(none.record.status == 530 && none.answer.answerClass == .configSuspect)
        #expect(![good, bad, none].contains { $0.record.excerpt.contains("pass word") })
    }

    @Test("a server that falls silent costs its time; one that is not there is no connection (D13)")
    func silence() async throws {
        var manners = MailTarget.Manners()
        manners.isMute = true
        let server = try MailTarget(manners)
        let start = ContinuousClock.now
        let result = try #require(await bench.attempt(receiver(server, timeout: .seconds(1))))
        #expect(result.answer.answerClass == .transient && result.answer.reason == .timeout)
        #expect(ContinuousClock.now - start < .seconds(4))
        let nobody = EmailReceiver(
            name: "mail", url: Secret("smtp://127.0.0.1:1"), requiresTLS: false, from: "a@example.org",
            to: ["b@example.org"])
        let refused = try #require(await bench.attempt(nobody))
        #expect(refused.answer.reason == .connect && refused.answer.answerClass == .transient)
    }

    @Test("a cancelled mail is no attempt (O10)")
    func cancelled() async throws {
        var manners = MailTarget.Manners()
        manners.isMute = true
        let server = try MailTarget(manners)
        let task = Task { await bench.attempt(receiver(server, timeout: .seconds(20))) }
        while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        #expect(await task.value == nil)
    }
}
