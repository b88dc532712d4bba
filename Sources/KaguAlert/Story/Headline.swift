// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A hit's headline as stories compare it: without the name of the outlet that many append.
struct Headline: Hashable, Sendable {
    /// Folded words.
    let title: TitleWords
    /// The entities named in the title, sorted.
    let named: [String]
    /// The entities of the whole hit, sorted.
    let entities: [String]

    init(_ hit: Hit) {
        title = TitleWords(Self.withoutOutlet(hit.title, of: hit))
        var named: Set<String> = []
        for mention in hit.mentions where mention.field == .title && mention.state == .accepted {
            named.insert(mention.entity)
        }
        self.named = named.sorted()
        entities = hit.entities
    }

    // MARK: What a headline can say

    /// Five words, or ten letters without spaces: long enough to be about one event.
    var isSpecific: Bool { title.weight >= 10 }

    /// Three words at least, and it names an entity.
    private var isShortButNamed: Bool { title.weight >= 6 && !named.isEmpty }

    /// Whether two equal headlines tell one story: "Editorial" and "Live" do not, nor do headlines about others.
    func tellsSame(as other: Headline) -> Bool {
        guard title.words == other.title.words else { return false }
        if isSpecific { return Self.agree(entities, other.entities) }
        return isShortButNamed && named == other.named
    }

    /// Whether one headline is the other with something added: the same words in the same order, the longer one going
    /// on or having one insertion, the same entities, and no number against another. Words replaced by others are
    /// never the same story: "Aliyev receives the ambassador of Chad" and "… of Peru" differ in one word.
    func isNearlySame(as other: Headline) -> Bool {
        let (short, long) = title.words.count <= other.title.words.count ? (self, other) : (other, self)
        guard short.isSpecific, short.title.weight * 5 >= long.title.weight * 3, !short.named.isEmpty,
            Set(short.named).isSubset(of: long.named)
        else { return false }
        let (few, many) = (short.title.numbers, long.title.numbers)
        guard few.isEmpty || few == many else { return false }
        return Self.isContained(short.title.words, in: long.title.words)
    }

    /// Whether `short` are the first words of `long`, its last ones, some in between, or its first and last.
    private static func isContained(_ short: [String], in long: [String]) -> Bool {
        let added = long.count - short.count
        guard added >= 0 else { return false }
        for start in 0...added {
            var length = 0
            while length < short.count, short[length] == long[start + length] { length += 1 }
            if length == short.count { return true }
            // One more insertion is allowed where nothing precedes the first words.
            if start == 0, length > 0, short[length...].elementsEqual(long.suffix(short.count - length)) {
                return true
            }
        }
        return false
    }

    private static func agree(_ one: [String], _ other: [String]) -> Bool {
        (one.isEmpty && other.isEmpty) || !Set(one).isDisjoint(with: other)
    }

    // MARK: Outlets

    /// The title without " - Le Monde" or " | TRT": the last part counts as the outlet's name where it is the feed's
    /// title or a part of it, the name of the site, or an agency's. Anything else, such as a place, stays.
    private static func withoutOutlet(_ title: String, of hit: Hit) -> Substring {
        for mark in [" | ", " - ", " – ", " — ", " · ", " • ", " :: ", "｜", "_"] {
            guard let found = lastRange(of: mark, in: title) else { continue }
            let outlet = TitleWords(title[found.upperBound...])
            guard !outlet.words.isEmpty, outlet.words.count <= 8, isOutlet(outlet, of: hit) else { continue }
            return title[..<found.lowerBound]
        }
        return title[...]
    }

    /// Compares bytes: marks are whole characters, and every hit's title is looked through for each of them.
    private static func lastRange(of mark: String, in title: String) -> Range<String.Index>? {
        let (bytes, wanted) = (title.utf8, mark.utf8)
        guard bytes.count > wanted.count, let first = wanted.first else { return nil }
        var index = bytes.index(bytes.endIndex, offsetBy: -wanted.count)
        while true {
            if bytes[index] == first, bytes[index...].starts(with: wanted) {
                return index..<bytes.index(index, offsetBy: wanted.count)
            }
            guard index > bytes.startIndex else { return nil }
            bytes.formIndex(before: &index)
        }
    }

    private static func isOutlet(_ outlet: TitleWords, of hit: Hit) -> Bool {
        let name = outlet.words.joined()
        if agencies.contains(name) { return true }
        let feed = TitleWords(hit.feed.title).words
        if outlet.words.count <= feed.count, !feed.isEmpty {
            for start in 0...(feed.count - outlet.words.count)
            where feed[start..<start + outlet.words.count].elementsEqual(outlet.words) { return true }
        }
        // "Le Monde" at lemonde.fr; "24" says nothing.
        guard name.unicodeScalars.count >= 4, let url = CanonicalURL(hit.url) else { return false }
        return url.authority.split(separator: ".").contains { $0.filter { $0 != "-" } == name }
    }

    /// Names under which agencies sign in the titles of others, folded and without spaces.
    private static let agencies: Set<String> = [
        "aa", "afp", "anadoluagency", "anadoluajansi", "ansa", "ap", "apa", "apnews", "associatedpress", "azertac",
        "bbc", "bbcnews", "dpa", "efe", "euronews", "interfax", "интерфакс", "reuters", "rfi", "rianovosti",
        "риановости", "sputnik", "tass", "тасс", "theassociatedpress", "trend", "upi", "xinhua", "新华社", "新华网",
        "共同社", "時事通信",
    ]
}
