// SPDX-License-Identifier: Apache-2.0

/// Tells in one pass over bytes that nothing can come of a text, before it is folded and cut (M63, B10). Most items of
/// most feeds end here.
///
/// It hashes the loose letters of every word, whole and as the beginning of an inflected word, and looks for words in
/// a row that are a name. Quiet names are counted instead (`QuietNames`). What it cannot judge in this way, such as
/// marks written apart, hashtags or scripts without boundaries, counts as found. So "no" is certain and "yes" means:
/// look.
final class WordSieve: Sendable {
    /// The UTF-8 of the loose letters of the scalars below U+0800, as `LooseHash.add` takes it; 0 for what stands
    /// between words.
    private let letters: [UInt32]
    private static let odd = UInt32.max
    /// Which of U+2000–207F stand between words.
    private let general: [Bool]
    private let table: FoldingTable
    private let names: SieveTrie
    private let words: SieveTable
    private let stems: SieveTable
    /// The first three or four letters of stems, as bits.
    private let openings: [UInt64]
    private let hasStems: Bool
    /// Words of one or two letters may go on in a token, as second words.
    private let hasTinyStems: Bool
    /// They may go on as first words: nothing can be sieved out.
    private let isBlind: Bool
    private let limits: [Int?]

    /// A sieve for the words given; without any it lets only through what it cannot judge.
    init(_ builder: SieveBuilder = SieveBuilder(), quiet: QuietNames = QuietNames()) {
        let table = FoldingTable.shared
        self.table = table
        letters = (UInt32(0)..<0x800).map { scalar -> UInt32 in
            let entry = table[scalar]
            if scalar == 0x23 || scalar == 0x40 { return Self.odd }
            if entry.kind == .digit, scalar < 0x80 { return scalar }
            let letter = table.low[Int(scalar)]
            guard letter.isSimple else { return table.isBetweenWords(scalar) ? 0 : Self.odd }
            // The small letter of Ⱥ (U+023A) lies beyond what words are made of here.
            guard letter.unit.loose < 0x800 else { return Self.odd }
            let first = LooseHash.utf8(letter.unit.loose)
            guard letter.second != 0 else { return first }
            return first | LooseHash.utf8(UInt32(letter.second)) << (first < 0x100 ? 8 : 16)
        }
        general = (UInt32(0x2000)..<0x2080).map { table.isBetweenWords($0) }
        names = builder.names
        words = SieveTable(builder.words, builder.names)
        stems = SieveTable(builder.stems, builder.names)
        openings = builder.openings
        hasStems = builder.hasStems
        hasTinyStems = builder.hasTinyStems
        isBlind = builder.isBlind
        limits = quiet.limits
    }

    @inline(__always)
    private func mayOpen(_ hash: UInt64) -> Bool {
        let bit = SieveBuilder.openingBit(hash)
        return openings[bit &>> 6] & (1 &<< UInt64(truncatingIfNeeded: bit & 63)) != 0
    }

    /// Whether something may come of a text; false is certain.
    func mayFind(in text: String) -> Bool {
        var tally = SieveTally()
        return mayFind(in: text, &tally)
    }

    /// Whether something may come of a text; false is certain, for all texts of one tally together.
    func mayFind(in text: String, _ tally: inout SieveTally) -> Bool {
        text.utf8.isEmpty ? false : mayFind(in: text.utf8Span.span, &tally)
    }

    /// Whether something may come of a text; false is certain, for all texts of one tally together.
    func mayFind(in bytes: Span<UInt8>, _ tally: inout SieveTally) -> Bool {
        if isBlind { return true }
        let raw = bytes.bytes
        var at = 0
        var paths = SievePaths()
        while at < bytes.count {
            let start = at
            let word = PlainWord(raw, at: at)
            at &+= word.length
            var hash = LooseHash.of(word)
            if at < bytes.count, bytes[at] >= 0x80 || word.length == 16 {
                var letters = LooseHash(word)
                guard takeLetters(&at, bytes, &letters) else { return true }
                hash = letters.value
            }
            if at > start {
                let slot = words.slot(of: hash)
                let mayHaveStem = hasStems && mayHaveStem(word, at &- start, paths)
                if slot >= 0 || mayHaveStem {
                    var search = Search(paths, isCapital: tally.waivesCase || bytes[start] &- 0x61 >= 26)
                    if slot >= 0, takes(slot, words, &search, &tally) { return true }
                    if mayHaveStem, takesStems(bytes, from: start, to: at, &search, &tally) { return true }
                    paths = search.paths
                } else if paths.count > 0 {
                    paths = SievePaths()
                }
                // Letters with full stops between them are one word (M14).
                if at &- start <= 2, mayBeDotted(bytes, start, at) { return true }
            }
            guard at < bytes.count else { return false }
            if bytes[at] == 0x20 {
                at &+= 1
                continue
            }
            at = pastGap(bytes, at)
            if at < 0 { return true }
        }
        return false
    }

    // MARK: Words

    /// One word of a text on its way through the names.
    private struct Search {
        /// The names that the words before begin, and those that go on after this one.
        let before: SievePaths
        var paths = SievePaths()
        /// It begins with a capital, or with what may be one.
        let isCapital: Bool

        init(_ before: SievePaths, isCapital: Bool) {
            self.before = before
            self.isCapital = isCapital
        }
    }

    /// Takes a word; true when something may come of the text.
    private func takes(_ slot: Int, _ table: SieveTable, _ search: inout Search, _ tally: inout SieveTally) -> Bool
    {
        if table.begins(slot) {
            for place in table.words(at: slot) {
                let node = names.start(table.word(place))
                if node >= 0, reaches(node, search.isCapital, &search, &tally) { return true }
            }
        }
        guard search.before.count > 0, table.goesOn(slot) else { return false }
        for place in table.words(at: slot) {
            for index in 0..<search.before.count {
                let node = names.next(search.before.node(index), table.word(place))
                if node >= 0, reaches(node, search.before.isCapital(index), &search, &tally) { return true }
            }
        }
        return false
    }

    /// Ends the names of a node; true when something may come of the text.
    private func reaches(_ node: Int32, _ isCapital: Bool, _ search: inout Search, _ tally: inout SieveTally)
        -> Bool
    {
        if names.tells(node, isCapital: isCapital) { return true }
        for place in names.charges(node) where tally.add(names.charge(place), limits) { return true }
        return names.hasNext(node) && !search.paths.add(node, isCapital: isCapital)
    }

    /// Whether a word may go on after a stem, by its first three or four letters where those are ASCII.
    @inline(__always)
    private func mayHaveStem(_ word: PlainWord, _ length: Int, _ paths: SievePaths) -> Bool {
        if hasTinyStems, paths.count > 0 { return true }
        // A word of three letters goes on after none.
        guard word.length >= 4 else { return length > word.length }
        return mayOpen(LooseHash.of(low: word.low & 0xFFFF_FFFF))
            || mayOpen(LooseHash.of(low: word.low & 0xFF_FFFF))
    }

    /// Takes what a word's beginnings may be; true when something may come of one.
    private func takesStems(
        _ bytes: Span<UInt8>, from start: Int, to end: Int, _ search: inout Search, _ tally: inout SieveTally
    ) -> Bool {
        let isTiny = hasTinyStems && search.before.count > 0
        var hash = LooseHash()
        var at = start
        var count = 0
        while at < end {
            var letter = letters[Int(bytes[at] & 0x7F)]
            if bytes[at] >= 0x80 {
                letter = letters[Int(bytes[at] & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)]
                at += 1
            }
            at += 1
            while letter != 0 {
                let length: UInt32 = letter & 0x80 == 0 ? 8 : 16
                hash.add(letter & (1 << length - 1))
                letter >>= length
                count += 1
                if count < 3, !isTiny { continue }
                if count == 3, !mayOpen(hash.value) { continue }
                if count == 4, !mayOpen(hash.value) { return false }
                // The whole word has been looked at.
                guard at < end || letter != 0 else { return false }
                let slot = stems.slot(of: hash.value)
                if slot >= 0, takes(slot, stems, &search, &tally) { return true }
            }
        }
        return false
    }

    /// Whether a word of at most two bytes may be the first letter of a word written with full stops that is looked
    /// for. The letters are judged by themselves as well, as they stand in links.
    private func mayBeDotted(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end + 1 < bytes.count, bytes[end] == 0x2E else { return false }
        let next = bytes[end + 1]
        guard end - start == 1, bytes[start] < 0x80, next < 0x80 else {
            return bytes[start] >= 0x80 && (next >= 0x80 || Self.isLetter(next)) || end - start == 1 && next >= 0x80
        }
        guard Self.isLetter(bytes[start]) else { return false }
        var hash = LooseHash()
        var at = start
        while at < bytes.count, Self.isLetter(bytes[at]) {
            hash.add(UInt32(bytes[at] | 0x20))
            if stems.slot(of: hash.value) >= 0 || (at > start && words.slot(of: hash.value) >= 0) { return true }
            guard at + 2 < bytes.count, bytes[at + 1] == 0x2E else { return false }
            at += 2
            // A letter beyond ASCII may be one of them too.
            if bytes[at] >= 0x80 { return true }
        }
        return false
    }

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    /// Takes the rest of a word; false where something stands that is not judged here.
    @inline(__always)
    private func takeLetters(_ at: inout Int, _ bytes: Span<UInt8>, _ hash: inout LooseHash) -> Bool {
        let table = self.letters
        let letters = table.span
        // Copies, which stay in registers.
        var (place, sum) = (at, hash)
        defer { (at, hash) = (place, sum) }
        while place < bytes.count {
            let byte = bytes[place]
            // There is an entry for every scalar of one byte or two.
            let letter: UInt32
            if byte < 0x80 {
                letter = letters[unchecked: Int(byte)]
                if letter == 0 || letter == Self.odd { return true }
                place &+= 1
            } else {
                guard byte < 0xE0 else { return true }
                guard byte >= 0xC2, place + 1 < bytes.count, bytes[place + 1] & 0xC0 == 0x80 else { return false }
                letter = letters[unchecked: Int(byte & 0x1F) &<< 6 | Int(bytes[place + 1] & 0x3F)]
                if letter == 0 { return true }
                if letter == Self.odd { return false }
                place &+= 2
            }
            sum.add(letter)
        }
        return true
    }

    /// Where the next word may begin; -1 where something stands that is not judged here.
    @inline(__always)
    private func pastGap(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x80 {
                let letter = letters[Int(byte)]
                guard letter == 0 else { return letter == Self.odd ? -1 : at }
                at += 1
            } else if byte < 0xE0 {
                guard byte >= 0xC2, at + 1 < bytes.count, bytes[at + 1] & 0xC0 == 0x80 else { return -1 }
                guard letters[Int(byte & 0x1F) << 6 | Int(bytes[at + 1] & 0x3F)] == 0 else { return at }
                at += 2
            } else {
                let length = lengthBetweenWords(bytes, at)
                guard length > 0 else { return -1 }
                at += length
            }
        }
        return at
    }

    /// The length of a scalar of three or four bytes that stands between words; 0 for all others.
    private func lengthBetweenWords(_ bytes: Span<UInt8>, _ at: Int) -> Int {
        let first = bytes[at]
        let length = first >= 0xF0 ? 4 : 3
        guard at + length <= bytes.count, first < 0xF5 else { return 0 }
        if first == 0xE2, bytes[at + 1] == 0x80 || bytes[at + 1] == 0x81 {
            return general[Int(bytes[at + 1] & 1) << 6 | Int(bytes[at + 2] & 0x3F)] ? 3 : 0
        }
        var scalar = UInt32(first) & (0xFF >> UInt32(length + 1))
        for index in 1..<length { scalar = scalar << 6 | UInt32(bytes[at + index] & 0x3F) }
        return table.isBetweenWords(scalar) ? length : 0
    }
}
