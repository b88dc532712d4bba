// SPDX-License-Identifier: Apache-2.0

/// One letter of a token's loose key, with what M11 and M27 compare and the bytes that it came from.
///
/// A letter whose loose key has two letters (ß, æ) makes two units; the second has no strict letter.
struct FoldedUnit {
    /// The loose letter (M10).
    var loose: UInt32
    /// The strict letter (M9); 0 in the second unit of a letter.
    var strict: UInt32
    /// The letter in NFKC, case kept.
    var composed: UInt32
    /// The first byte in the field.
    var start: UInt32
    /// One past the last byte.
    var end: UInt32
    /// Upper case.
    var isUpper: Bool
}

extension [FoldedUnit] {
    /// Appends the units of one scalar of NFKC.
    @inline(__always)
    mutating func append(entry: FoldEntry, scalar: UInt32, start: Int, end: Int) {
        let composed = entry.composed == 0 ? scalar : entry.composed
        let strict = entry.strict == 0 ? composed : entry.strict
        let loose = entry.loose == 0 ? strict : entry.loose
        append(
            FoldedUnit(
                loose: loose, strict: strict, composed: composed, start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end), isUpper: entry.isUpper))
        if entry.looseSecond != 0 {
            append(
                FoldedUnit(
                    loose: entry.looseSecond, strict: 0, composed: 0, start: UInt32(truncatingIfNeeded: start),
                    end: UInt32(truncatingIfNeeded: end), isUpper: entry.isUpper))
        }
    }

    /// Folds a mark that follows the last letter: composes it, or keeps what Unicode has no letter for.
    mutating func appendMark(_ mark: UInt32, start: Int, end: Int, table: FoldingTable) {
        guard var last = popLast() else {
            append(entry: table[mark], scalar: mark, start: start, end: end)
            return
        }
        if last.strict == 0, let first = popLast() { last = first }
        let composed = table.compose([last.composed, mark])
        if composed.count == 1 {
            append(entry: table[composed[0]], scalar: composed[0], start: Int(last.start), end: end)
        } else if mark == 0x307, last.strict == 0x69 {
            last.end = UInt32(truncatingIfNeeded: end)
            append(last)
        } else if table[last.composed].isLatin {
            // A mark of its own on a Latin letter: no alias without it may match (M11), so the strict letter
            // becomes one that only the same letter with the same marks has.
            last.strict = (last.strict &* 31 &+ mark) | 0x8000_0000
            last.end = UInt32(truncatingIfNeeded: end)
            append(last)
        } else {
            append(last)
            append(entry: table[mark], scalar: mark, start: start, end: end)
        }
    }
}
