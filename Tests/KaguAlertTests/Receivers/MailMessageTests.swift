// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguBytes
import KaguModel
import Testing

@Suite("Mail messages")
struct MailMessageTests {
    private func parts(_ message: AlertMessage) -> (header: String, text: String) {
        let whole = Target.text(Target.email, message)
        let blank = whole.firstRange(of: "\r\n\r\n") ?? whole.endIndex..<whole.endIndex
        let body = whole[blank.upperBound...].replacing("\r\n", with: "")
        return (
            String(whole[..<blank.lowerBound]), String(decoding: Base64.decode(body) ?? [], as: UTF8.self)
        )
    }

    @Test("a hit's mail has its headers and its text in Base64 (W13)")
    func hit() {
        let (header, text) = parts(Target.hit)
        #expect(
            header.replacing("\r\n", with: "\n") == """
                Date: Sun, 22 Nov 2026 09:14:03 +0000
                From: kagu@example.org
                To: ops@example.org,
                 press@example.org
                Subject: [kagu] [medium] Le Groupe d'initiative de Bakou
                Message-ID: <\(Sample.id)@example.org>
                Auto-Submitted: auto-generated
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: base64
                """)
        #expect(
            text.replacing("\r\n", with: "\n") == """
                Le Groupe d'initiative de Bakou
                https://www.lemonde.fr/article

                Résumé

                Le Monde (independent) · FR · big: Groupe d'initiative de Bakou · medium

                -- \n\(Sample.id) · new · urgent

                """)
    }

    @Test("updates stand in the thread of the first telling, which itself refers to nothing (W13)")
    func thread() {
        let update = parts(Target.story(update: 2)).header
        #expect(update.contains("\r\nIn-Reply-To: <\(Sample.id)@example.org>\r\n"))
        #expect(update.contains("\r\nReferences: <\(Sample.id)@example.org>\r\n"))
        #expect(!parts(Target.story(update: 0)).header.contains("In-Reply-To"))
    }

    @Test(
        "a subject beyond ASCII, a long one and one that looks encoded become words of at most 75 characters (W13)")
    func words() throws {
        for title in [
            "Résumé", String(repeating: "word ", count: 30), "=?utf-8?B?aGk=?=", String(repeating: "👩‍👩‍👧‍👦中", count: 20),
        ] {
            var hit = Sample.hit
            hit.title = title
            let header = parts(Target.message(.hit(hit, group: Target.group))).header
            let lines = header.split(separator: "\r\n").drop { !$0.hasPrefix("Subject: ") }
            var subject = [String(lines.first?.dropFirst("Subject: ".count) ?? "")]
            subject += lines.dropFirst().prefix { $0.hasPrefix(" ") }.map { String($0.dropFirst()) }
            var decoded = ""
            for word in subject {
                #expect(word.utf8.count <= 75 && word.hasPrefix("=?utf-8?B?") && word.hasSuffix("?="))
                let bytes = try #require(Base64.decode(word.dropFirst(10).dropLast(2)))
                decoded += try #require(String(validating: bytes, as: UTF8.self))
            }
            #expect(decoded == "[kagu] [medium] " + title.trimmingSuffix { $0 == " " })
        }
    }

    @Test("no header value can begin another header: CR, LF and NUL are gone (W13)")
    func injection() {
        var hit = Sample.hit
        hit.title = "Title\r\nBcc: victim@example.org\0"
        var receiver = Target.email
        receiver.from = "kagu@example.org\r\nBcc: victim@example.org"
        let text = Target.text(receiver, Target.message(.hit(hit, group: Target.group)))
        #expect(!text.contains("\r\nBcc:") && !text.contains("\nBcc:") && !text.contains("\0"))
    }
}

extension String {
    fileprivate func trimmingSuffix(_ isRemoved: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, isRemoved(last) { text.removeLast() }
        return text
    }
}
