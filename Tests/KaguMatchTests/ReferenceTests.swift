// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguModel
import Testing

@testable import KaguMatch

/// Texts made of the sample's names as they occur, in all their disguises, among neighbours that matter.
struct TextGenerator {
    var random: SeededRandom
    private let aliases: [Alias]

    private static let neighbours = [
        "President", "Министр", "bakanı", "Mr.", "Notorious", "Ilham", "I.", "R.", "Heydar", "Brigitte", "Emmanuel",
        "Vugar", "on Monday", "the", "в", "ve", "A.", "Гейдара", "İlham", "Congress of", "Tour de", "Radio",
        "J. M.",
        "l'", "d’", "Ali’s", "(", "“", "—", "¿",
    ]
    private static let followers = [
        "kit", "Tech", "Sprak", "Ingels said", "MacBrayne", "'s envoy", "’nın sesi", "-yə", "-backed", "/Paris",
        ".com",
        ".", ". Then", "…", "!", ",", ":", ")", "”", "²", "da", "Group", "voted.", "@x.example",
    ]
    private static let endings = [
        "", "", "", "", "s", "e", "nes", "dan", "ın", "nun", "ya", "lılar", "daki", "'da", "’ın", "'s", "a", "у",
        "ой",
        "ом", "ов", "ə", "a", "i", "xyz", "-nin",
    ]
    private static let junk = [
        "See also\n", "Read more: ", "\n\n", "photo: ", "\n[1] ", "BIG CROWDS MARCH IN TOWN ",
        "https://a.example/Baku ",
        "nickel and riots ", "curfew ", "Yesterday ", "新", "서울에서 ", " 12 ", "\n", "Related\n\n", "a@b.example ",
        "One Two Three Four Words ",
    ]

    init(seed: UInt64, _ watchlist: Watchlist) {
        random = SeededRandom(state: seed)
        aliases = watchlist.entities.flatMap { entity in
            entity.aliases + entity.exceptions.map { Alias($0.text, language: $0.language, location: $0.location) }
        }
    }

    private mutating func pick(_ from: [String]) -> String { from.randomElement(using: &random) ?? "" }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func disguised(_ alias: Alias) -> String {
        var name = alias.text
        let shape = Int.random(in: 0..<14, using: &random)
        switch shape {
        case 0: name = name.uppercased()
        case 1: name = name.lowercased()
        case 2: name = "#" + name.replacing(" ", with: "").replacing("-", with: "")
        case 3: name = "#" + name.lowercased().replacing(" ", with: "").replacing("'", with: "")
        case 4: name = name.replacing(" ", with: "-")
        case 5: name = String(name.flatMap { [$0, "."] })
        case 6: name = name.decomposedStringWithCanonicalMapping
        case 7: name = name.folding(options: .diacriticInsensitive, locale: nil)
        case 8: name = name.replacing(" ", with: "\u{A0} ").replacing("a", with: "a\u{AD}")
        case 9 where name.unicodeScalars.count > 4:
            name = String(String.UnicodeScalarView(name.unicodeScalars.dropLast()))
        case 10: name = name.replacing("i", with: "İ").replacing("I", with: "ı")
        default: break
        }
        return name + pick(Self.endings)
    }

    mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            if chance(20) { text += pick(Self.junk) }
            if chance(45) { text += pick(Self.neighbours) + (chance(85) ? " " : "") }
            if let alias = aliases.randomElement(using: &random) { text += disguised(alias) }
            if chance(40) { text += (chance(70) ? " " : "") + pick(Self.followers) }
            text += chance(85) ? " " : ""
        }
        return text
    }
}

@Suite("The matcher beside a slow one")
struct ReferenceTests {
    /// How many texts are tried: KAGU_REFERENCE_TEXTS, 250 unless given.
    private static let count =
        ProcessInfo.processInfo.environment["KAGU_REFERENCE_TEXTS"].flatMap(Int.init) ?? 250

    @Test("every mention, state and reason is what the rules say, letter by letter (M11–M37)")
    func agrees() throws {
        let watchlist = Sample.watchlist()
        let matcher = try Matcher(watchlist)
        let reference = ReferenceMatcher(watchlist)
        var generator = TextGenerator(seed: 2_024, watchlist)
        var (mentions, accepted) = (0, 0)
        for round in 0..<Self.count {
            var document = Document(content: generator.text())
            if round % 4 == 0 { document.title = generator.text() }
            if round % 7 == 0 { document.url = "https://www.bakuinitiative.org/" + generator.text() }
            // What explanations alone tell of is not in the reference.
            let fast = matcher.match(document, explaining: true).mentions
                .filter { $0.reason != "case" && !$0.reason.hasPrefix("ending:") }.map(ReferenceMatcher.Line.init)
            let slow = reference.mentions(document)
            mentions += slow.count
            accepted += slow.count { $0.state == "accepted" }
            // Without explanations texts are sieved, and words are looked at only where a name can run through them.
            let quick = matcher.match(document).mentions.map(ReferenceMatcher.Line.init)
            let shown = slow.filter { $0.state != "rejected" && $0.field != Mention.Field.author.order }
            #expect(fast == slow, "\(document.title) | \(document.content) | \(document.url)")
            #expect(quick == shown, "\(document.title) | \(document.content) | \(document.url)")
            if fast != slow || quick != shown { break }
        }
        #expect(mentions > Self.count && accepted * 3 > mentions)
    }

    @Test("the short way through words gives what the long way gives (M14, M63)")
    func shortWay() {
        var generator = TextGenerator(seed: 63, Sample.watchlist())
        for _ in 0..<Self.count * 3 {
            let text = generator.text() + ", ve " + generator.text()
            let (short, long) = (Tokenizer.cut(text), Tokenizer.cut(text, hasShortWay: false))
            #expect(Self.shown(short) == Self.shown(long), "\(text)")
        }
    }

    private static func shown(_ text: FieldText) -> [String] {
        text.tokens.map { token in
            let letters = text.units[token.units].map {
                "\($0.loose)/\($0.strict)/\($0.composed)/\($0.isUpper)/\($0.end)"
            }
            return """
                \(token.start)-\(token.end) \(token.sentence) \(token.paragraph) \(token.joint) \(token.punctuation) \
                \(token.flags.rawValue) \(token.tail) \(token.hash) \(letters)
                """
        } + text.paragraphs.map { "\($0)" } + text.tags.map { "\($0)" }
    }
}
