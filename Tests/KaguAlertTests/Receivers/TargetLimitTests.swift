// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

/// T30: at every target's limits, one below and one above, messages are taken, and no grapheme is split.
@Suite("Limits of targets")
struct TargetLimitTests {
    /// One grapheme each: a letter, an emoji of several scalars, an ideograph, a letter with marks, an escaped one.
    static let graphemes = ["a", "👩‍👩‍👧‍👦", "中", "e\u{0301}\u{0323}", "&", "*", "🇫🇷"]

    /// Digests whose length grows grapheme by grapheme, past any limit.
    private func digest(_ grapheme: String, stories: Int, length: Int, link: Int = 0) -> AlertMessage {
        let hits = (0..<stories).map { number in
            var hit = Sample.hit(number, title: String(repeating: grapheme, count: number == 0 ? length : 40))
            hit.url = "https://example.org/" + String(repeating: "l", count: link)
            return hit
        }
        return Target.message(.digest(DigestContent(hits: hits)), .schedule)
    }

    private func hit(_ grapheme: String, title: Int, link: Int) -> AlertMessage {
        var hit = Sample.hit
        hit.title = String(repeating: grapheme, count: title)
        hit.summary = String(repeating: grapheme, count: 300)
        hit.url = "https://example.org/" + String(repeating: "l", count: link)
        return Target.message(.hit(hit, group: Target.group))
    }

    @Test("digests of any length are taken, and what is left out is counted (T30, W15)", arguments: StrictPair.all)
    func digests(pair: StrictPair) throws {
        let stories = 70
        for grapheme in ["👩‍👩‍👧‍👦", "e\u{0301}\u{0323}", "&"] {
            for length in [1, 301] {
                let message = digest(grapheme, stories: stories, length: length, link: 20)
                let refusal = pair.refusal(of: message)
                #expect(refusal == nil, "\(length) × \(grapheme): \(refusal ?? "")")
                let frozen = pair.receiver.body(message)
                let text = String(decoding: frozen.bytes, as: UTF8.self)
                #expect(text.contains("\(stories) hits, \(stories) stories, \(stories) outlets"))
                #expect(frozen.leftOut.isEmpty != text.contains("+\(frozen.leftOut.count) more"))
            }
        }
    }

    @Test("titles and summaries around each limit are taken with any link (T30, W15)", arguments: StrictPair.all)
    func titles(pair: StrictPair) {
        for grapheme in ["a", "👩‍👩‍👧‍👦", "e\u{0301}\u{0323}", "&"] {
            for title in [1, 128, 255, 256, 257, 301] {
                for link in [0, 1981] {
                    let refusal = pair.refusal(of: hit(grapheme, title: title, link: link))
                    #expect(refusal == nil, "\(title) × \(grapheme), link \(link): \(refusal ?? "")")
                }
            }
        }
    }

    @Test("the limit itself is reached, and one unit more costs a story (T30, W15)")
    func reached() {
        expect(4096) { $0.discord }
        expect(4096) { $0.ntfy }
        expect(4096) { $0.telegram }
        expect(28_000) { $0.teams }
        expect(16_000) { $0.mattermost }
        expect(12_000) { $0.slack }
        expect(20_000) { $0.alertmanager }
        expect(29_000) { $0.matrix }
    }

    /// The first story's title grows by what the limit has left: every letter is one unit of any kind.
    private func expect(_ limit: Int, _ measure: (StringMeasure) -> Int) {
        func length(_ title: Int) -> Int { measure(StringMeasure(digest("a", stories: 330, length: title))) }
        let room = limit - length(1)
        #expect((0..<290).contains(room), "\(limit)")
        #expect(length(1 + room) == limit)
        #expect(length(2 + room) < limit)
    }

    private struct StringMeasure {
        let message: AlertMessage
        init(_ message: AlertMessage) { self.message = message }

        private func text(_ receiver: any Receiver, _ path: String) -> String {
            (try? Target.value(receiver.body(message).bytes, path)) as? String ?? ""
        }

        var discord: Int { text(Target.discord, "embeds.0.description").unicodeScalars.count }
        var ntfy: Int { text(Target.ntfy, "message").utf8.count }
        var mattermost: Int { text(Target.mattermost, "text").unicodeScalars.count }
        var teams: Int { Target.teams.body(message).bytes.count }
        var slack: Int { Target.text(Target.slack, message).utf16.count }
        var alertmanager: Int { Target.alertmanager.body(message).bytes.count }
        var matrix: Int { text(Target.matrix, "formatted_body").utf8.count }
        var telegram: Int {
            var isTag = false
            return text(Target.telegram, "text").utf16.filter { unit in
                if unit == 0x3C { isTag = true }
                defer { if unit == 0x3E { isTag = false } }
                return !isTag
            }.count
        }
    }

    @Test("a title is cut between graphemes, with an ellipsis (T30, W15)")
    func graphemes() throws {
        for grapheme in Self.graphemes {
            for count in [1, 50, 51, 52, 100, 125, 126, 127, 128, 129, 254, 255, 256, 257, 300, 301, 310] {
                let message = hit(grapheme, title: count, link: 0)
                let title = try #require(
                    try Target.value(Target.discord.body(message).bytes, "embeds.0.title") as? String)
                let shown = title.replacing("\\", with: "")
                let isCut = shown.last == "…"
                let kept = isCut ? String(shown.dropLast()) : shown
                #expect(kept == String(repeating: grapheme, count: kept.count))
                #expect(isCut || kept.count == count)
                #expect(title.unicodeScalars.count <= 256)
            }
        }
    }

    @Test("a mail takes at most 256 KiB, and leaves whole stories out (T30, W15)")
    func mail() throws {
        let message = digest("中", stories: 1000, length: 100, link: 300)
        let frozen = Target.email.body(message)
        #expect(frozen.bytes.count <= 256 << 10 && frozen.bytes.count > 255 << 10)
        let mail = try MailReading(frozen.bytes)
        #expect(mail.text.contains("+\(frozen.leftOut.count) more\r\n"))
        #expect(mail.text.contains("1000 hits, 1000 stories, 1000 outlets"))
    }

    @Test("a replacement of a matrix event keeps to the event's limit too (T30, W10)")
    func replacement() throws {
        let pair = try #require(StrictPair.all.first { $0.receiver.kind == .matrix })
        for grapheme in ["👩‍👩‍👧‍👦", "&"] {
            #expect(pair.refusal(of: digest(grapheme, stories: 200, length: 300, link: 20), editing: "$1") == nil)
        }
    }
}
