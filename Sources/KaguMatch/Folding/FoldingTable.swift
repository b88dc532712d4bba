// SPDX-License-Identifier: Apache-2.0

/// What a scalar is to the tokeniser (M8, M14, M20).
enum ScalarKind: UInt8 {
    /// Punctuation, symbols, everything else.
    case other
    case letter, mark, digit
    /// A space, a control that separates, or a superscript digit (M8, step 2).
    case space
    /// Default-ignorable: dropped.
    case ignorable
    case apostrophe, hyphen
    /// Letters and signs of scripts that are matched as substrings.
    case unbounded
    case hangul
}

/// One scalar's folded forms; 0 stands for "the scalar itself" and "the same as the form before".
struct FoldEntry: Equatable {
    /// The NFKC form.
    var composed: UInt32 = 0
    /// The strict key (M9).
    var strict: UInt32 = 0
    /// The first letter of the loose key (M10).
    var loose: UInt32 = 0
    /// The second letter of the loose key, 0 for none.
    var looseSecond: UInt32 = 0
    var kind = ScalarKind.other
    var isUpper = false
    var isLatin = false
    /// The NFKC form has several scalars: see `expansions`.
    var expands = false

    /// Tells most different entries apart.
    var digest: UInt64 {
        UInt64(composed) << 32 ^ UInt64(strict) << 16 ^ UInt64(loose) << 5 ^ UInt64(kind.rawValue)
            ^ (isUpper ? 0x80 : 0) ^ (expands ? 0x100 : 0)
    }
}

/// A letter of one or two bytes in UTF-8, or a digit of ASCII, with all that the short way through words asks of it
/// (`Tokenizer.takeWords`).
struct LowLetter {
    /// The letter as it goes into a field, but for its end.
    private(set) var unit = FoldedUnit(loose: 0, strict: 0, composed: 0, end: 0, isUpper: false)
    /// The second loose letter; 0 for none.
    private(set) var second: UInt16 = 0
    /// See `LetterCode`.
    private(set) var code: UInt8 = 0
    private var traits: UInt8 = 0

    private static let simple: UInt8 = 1
    private static let latin: UInt8 = 2
    private static let telling: UInt8 = 4
    private static let digit: UInt8 = 8

    /// A letter that folds to letters without regard to what stands around it, or a digit.
    @inline(__always)
    var isSimple: Bool { traits & Self.simple != 0 }

    /// Its traits, to be gathered over a word.
    @inline(__always)
    var gathered: UInt8 { traits }

    /// 1 for a digit.
    @inline(__always)
    var digits: Int { Int(traits >> 3) }

    /// Whether one of the letters whose traits were gathered is Latin.
    @inline(__always)
    static func hasLatin(_ gathered: UInt8) -> Bool { gathered & latin != 0 }

    /// Whether one of the letters whose traits were gathered says something of the language.
    @inline(__always)
    static func isTelling(_ gathered: UInt8) -> Bool { gathered & telling != 0 }

    /// The letter of a scalar below U+0800.
    init(_ scalar: UInt32, _ entry: FoldEntry) {
        let isDigit = entry.kind == .digit && scalar < 0x80
        // Schwa needs to know the other letters of its word (M9).
        guard entry.kind == .letter || isDigit, !entry.expands, scalar != 0x4D8, scalar != 0x4D9 else { return }
        let composed = entry.composed == 0 ? scalar : entry.composed
        let strict = entry.strict == 0 ? composed : entry.strict
        let loose = entry.loose == 0 ? strict : entry.loose
        unit = FoldedUnit(loose: loose, strict: strict, composed: composed, end: 0, isUpper: entry.isUpper)
        second = UInt16(truncatingIfNeeded: entry.looseSecond)
        code = UInt8(truncatingIfNeeded: LetterCode.of(strict))
        traits = Self.simple
        if entry.isLatin { traits |= Self.latin }
        if isDigit { traits |= Self.digit }
        if LanguageGuess.isTelling(unit) { traits |= Self.telling }
    }
}

/// The folding of every scalar, decoded once from `FoldingData`: two array reads a scalar (DESIGN §1).
struct FoldingTable: Sendable {
    static let shared = FoldingTable()

    /// Entry number of each block of 128 scalars.
    private var pages: [UInt16]
    private var entries: [FoldEntry]
    /// The letters below U+0800 and the digits of ASCII, by scalar.
    private(set) var low: [LowLetter] = []
    /// NFKC forms of several scalars.
    private(set) var expansions: [UInt32: [UInt32]] = [:]
    /// First and second scalar → primary composite.
    private var compositions: [UInt64: UInt32] = [:]
    private var decompositions: [UInt32: (UInt32, UInt32)] = [:]
    private var markClasses: [UInt32: UInt8] = [:]
    /// Upper-case letter → simple lower case, without the I rule.
    private var lowerCase: [UInt32: UInt32] = [:]

    private static let limit = 0x32400

    private init() {
        var all = [FoldEntry](repeating: FoldEntry(), count: Self.limit)
        for row in Self.rows(FoldingData.kinds) {
            for scalar in row[0]..<(row[0] + row[1]) {
                all[Int(scalar)].kind = ScalarKind(rawValue: UInt8(truncatingIfNeeded: row[2])) ?? .other
            }
        }
        pages = []
        entries = []
        for row in Self.rows(FoldingData.lowerCase) {
            for index in 0..<row[1] {
                lowerCase[row[0] + index * row[2]] = row[3] + index * row[2]
                all[Int(row[0] + index * row[2])].isUpper = true
            }
        }
        var loose: [UInt32: [UInt32]] = [:]
        for row in Self.rows(FoldingData.loose) { loose[row[0]] = Array(row.dropFirst()) }
        fillSingles(&all, loose: loose)
        for row in Self.rows(FoldingData.expansions) {
            all[Int(row[0])].expands = true
            expansions[row[0]] = Array(row.dropFirst())
        }
        for row in Self.rows(FoldingData.compositions) {
            compositions[UInt64(row[0]) << 32 | UInt64(row[1])] = row[2]
            decompositions[row[2]] = (row[0], row[1])
        }
        for row in Self.rows(FoldingData.markClasses) {
            for scalar in row[0]..<(row[0] + row[1]) { markClasses[scalar] = UInt8(truncatingIfNeeded: row[2]) }
        }
        paginate(all)
        low = (0..<0x800).map { LowLetter($0, self[$0]) }
    }

    /// Sets the forms of scalars whose NFKC form is one scalar.
    private func fillSingles(_ all: inout [FoldEntry], loose: [UInt32: [UInt32]]) {
        var compatible: [UInt32: UInt32] = [:]
        for row in Self.rows(FoldingData.compatible) {
            for index in 0..<row[1] { compatible[row[0] + index * row[2]] = row[3] + index * row[2] }
        }
        // Only scalars that some table names, or that are Latin, have forms of their own; 0x131 and the like have
        // them by `strictKey`.
        var scalars = Set(compatible.keys).union(lowerCase.keys).union(loose.keys).union([0x131, 0x1DD])
        for range in Self.latin { scalars.formUnion(range) }
        for scalar in scalars where scalar < UInt32(Self.limit) {
            let composed = compatible[scalar] ?? scalar
            let strict = strictKey(composed)
            let letters = loose[strict]
            if composed != scalar {
                all[Int(scalar)].composed = composed
                all[Int(scalar)].kind = all[Int(composed)].kind
                all[Int(scalar)].isUpper = lowerCase[composed] != nil
            }
            all[Int(scalar)].isLatin = Self.isLatin(composed)
            all[Int(scalar)].strict = strict == composed ? 0 : strict
            if let letters, let first = letters.first {
                all[Int(scalar)].loose = first
                all[Int(scalar)].looseSecond = letters.count > 1 ? letters[1] : 0
            }
        }
    }

    /// Stores equal blocks once.
    private mutating func paginate(_ all: [FoldEntry]) {
        var known: [UInt64: [UInt16]] = [:]
        for start in stride(from: 0, to: Self.limit, by: 128) {
            let block = all[start..<(start + 128)]
            let digest = block.reduce(0) { ($0 &+ $1.digest) &* 0x9E37_79B9_7F4A_7C15 }
            let page = known[digest]?.first { page in
                block.elementsEqual(entries[(Int(page) << 7)..<((Int(page) + 1) << 7)])
            }
            if let page {
                pages.append(page)
            } else {
                let page = UInt16(entries.count / 128)
                known[digest, default: []].append(page)
                entries.append(contentsOf: block)
                pages.append(page)
            }
        }
    }

    /// The rows of one of `FoldingData`'s tables.
    private static func rows(_ text: String) -> [[UInt32]] {
        var rows: [[UInt32]] = []
        var row: [UInt32] = []
        var number: UInt32?
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = (number ?? 0) << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = (number ?? 0) << 4 | UInt32(byte - 87)
            default:
                if let digits = number { row.append(digits) }
                number = nil
                if byte == UInt8(ascii: ";") {
                    rows.append(row)
                    row = []
                }
            }
        }
        return rows
    }

    private static let latin: [ClosedRange<UInt32>] = [
        0x41...0x5A, 0x61...0x7A, 0xAA...0xAA, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2AF, 0x1E00...0x1EFF,
        0x2C60...0x2C7F, 0xA720...0xA7FF,
    ]

    private static func isLatin(_ scalar: UInt32) -> Bool { latin.contains { $0.contains(scalar) } }

    // MARK: Look-ups

    /// The entry of a scalar.
    subscript(scalar: UInt32) -> FoldEntry {
        guard scalar < UInt32(Self.limit) else { return FoldEntry() }
        return entries[Int(pages[Int(scalar >> 7)]) << 7 | Int(scalar & 127)]
    }

    /// Whether a scalar stands between words wherever it is: no letter, mark or digit, nothing that is dropped, and no
    /// sign that opens a tag.
    func isBetweenWords(_ scalar: UInt32) -> Bool {
        let entry = self[scalar]
        switch entry.kind {
        case .letter, .mark, .digit, .ignorable, .unbounded, .hangul: return false
        case .space: return true
        case .other, .apostrophe, .hyphen:
            let letters = entry.expands ? expansions[scalar] ?? [] : []
            return scalar != 0x23 && scalar != 0x40 && scalar != 0xFF03 && letters.allSatisfy(isBetweenWords)
        }
    }

    /// Simple lower case, then the I rule and ǝ (M9), of a scalar in NFKC.
    func strictKey(_ composed: UInt32) -> UInt32 {
        switch composed {
        case 0x49, 0x130, 0x131: 0x69
        case 0x1DD, 0x18E: 0x259
        default: lowerCase[composed] ?? composed
        }
    }

    /// Simple lower case of a scalar, without the I rule.
    func lower(_ composed: UInt32) -> UInt32 { lowerCase[composed] ?? composed }

    /// The canonical combining class; 0 for base letters.
    func markClass(_ scalar: UInt32) -> UInt8 { markClasses[scalar] ?? 0 }

    /// NFC of a base with marks after it (UAX #15): the slow path, for text that writes its accents apart.
    func compose(_ scalars: [UInt32]) -> [UInt32] {
        var apart: [UInt32] = []
        for scalar in scalars { decompose(scalar, into: &apart) }
        // Canonical order: a stable insertion sort of the marks by class.
        for index in apart.indices.dropFirst() where markClass(apart[index]) != 0 {
            var position = index
            while position > 0, markClass(apart[position - 1]) > markClass(apart[position]) {
                apart.swapAt(position, position - 1)
                position -= 1
            }
        }
        guard var base = apart.first else { return [] }
        var rest: [UInt32] = []
        var lastClass: UInt8 = 0
        for mark in apart.dropFirst() {
            let markClass = markClass(mark)
            let isBlocked = !rest.isEmpty && lastClass >= markClass
            if !isBlocked, let composite = compositions[UInt64(base) << 32 | UInt64(mark)] {
                base = composite
            } else {
                rest.append(mark)
                lastClass = markClass
            }
        }
        return [base] + rest
    }

    private func decompose(_ scalar: UInt32, into out: inout [UInt32]) {
        if let (first, second) = decompositions[scalar] {
            decompose(first, into: &out)
            out.append(second)
        } else {
            out.append(scalar)
        }
    }
}
