// SPDX-License-Identifier: Apache-2.0

/// One letter of a token's loose key, with what M11 and M27 compare and the byte where it ends.
///
/// A letter whose loose key has two letters (ß, æ) makes two units; the second has no strict letter. Sixteen bytes, so
/// that one store writes it.
struct FoldedUnit {
    /// The loose letter (M10).
    var loose: UInt32
    /// The strict letter (M9); 0 in the second unit of a letter.
    var strict: UInt32
    /// The letter in NFKC, case kept; the highest bit says that it is upper case.
    private var written: UInt32
    /// One past the last byte in the field.
    var end: UInt32

    private static let upperBit: UInt32 = 1 << 31

    /// A letter with all its forms.
    @inline(__always)
    init(loose: UInt32, strict: UInt32, composed: UInt32, end: Int, isUpper: Bool) {
        self.loose = loose
        self.strict = strict
        written = isUpper ? composed | Self.upperBit : composed
        self.end = UInt32(truncatingIfNeeded: end)
    }

    /// The letter in NFKC, case kept.
    var composed: UInt32 {
        @inline(__always) get { written & ~Self.upperBit }
        set { written = newValue | (written & Self.upperBit) }
    }

    /// Upper case.
    var isUpper: Bool {
        @inline(__always) get { written & Self.upperBit != 0 }
    }

    /// 1 for upper case.
    var upperCount: Int {
        @inline(__always) get { Int(written &>> 31) }
    }
}

/// Letters on their way into a field: room for one a byte is there from the beginning, so that a letter is written
/// without asking for more.
struct UnitBuffer {
    var storage: [FoldedUnit]
    /// How many of them are letters of the field.
    var count = 0

    /// Room for the letters of so many bytes.
    init(byteCount: Int) {
        // A unit is plain numbers, so that memory as it comes is units too; none is read before it is written,
        // since only those below `count` are. Zeros for them would cost as much as the letters.
        storage = [FoldedUnit](unsafeUninitializedCapacity: byteCount) { _, count in count = byteCount }
    }

    var last: FoldedUnit? { count > 0 ? storage[count - 1] : nil }

    subscript(index: Int) -> FoldedUnit {
        @inline(__always) get { storage[index] }
        @inline(__always) set { storage[index] = newValue }
    }

    @inline(__always)
    mutating func append(_ unit: FoldedUnit) {
        if count < storage.count { storage[count] = unit } else { storage.append(unit) }
        count += 1
    }

    /// Makes room for so many letters more.
    mutating func reserve(_ more: Int) {
        guard count + more > storage.count else { return }
        let none = FoldedUnit(loose: 0, strict: 0, composed: 0, end: 0, isUpper: false)
        storage.append(contentsOf: repeatElement(none, count: count + more - storage.count))
    }

    mutating func popLast() -> FoldedUnit? {
        guard count > 0 else { return nil }
        count -= 1
        return storage[count]
    }

    /// Appends the units of one scalar of NFKC.
    @inline(__always)
    mutating func append(entry: FoldEntry, scalar: UInt32, end: Int) {
        let composed = entry.composed == 0 ? scalar : entry.composed
        let strict = entry.strict == 0 ? composed : entry.strict
        let loose = entry.loose == 0 ? strict : entry.loose
        append(FoldedUnit(loose: loose, strict: strict, composed: composed, end: end, isUpper: entry.isUpper))
        if entry.looseSecond != 0 {
            append(FoldedUnit(loose: entry.looseSecond, strict: 0, composed: 0, end: end, isUpper: entry.isUpper))
        }
    }

    /// Folds a mark that follows the last letter: composes it, or keeps what Unicode has no letter for.
    mutating func appendMark(_ mark: UInt32, end: Int, table: FoldingTable) {
        guard var last = popLast() else {
            append(entry: table[mark], scalar: mark, end: end)
            return
        }
        if last.strict == 0, let first = popLast() { last = first }
        let composed = table.compose([last.composed, mark])
        if composed.count == 1 {
            append(entry: table[composed[0]], scalar: composed[0], end: end)
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
            append(entry: table[mark], scalar: mark, end: end)
        }
    }
}
