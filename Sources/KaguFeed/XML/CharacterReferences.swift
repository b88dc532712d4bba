// SPDX-License-Identifier: Apache-2.0

/// HTML's named character references: those of usual length are found by hash, the few long ones by binary search in the
/// generated table.
struct NamedReferences: Sendable {
    /// The table; read once.
    static let shared = NamedReferences()

    private let bytes: [UInt8]
    /// Where each line begins, its name ends, and its values end; lines are sorted by their names' bytes.
    private var lines: [(start: Int, nameEnd: Int, end: Int)] = []
    /// The names of at most sixteen bytes by line, and an open-addressed table of their lines, counted from 1.
    private var keys: [NameKey?] = []
    private var slots = [UInt16](repeating: 0, count: 1 << bits)
    private static let bits = 13
    /// The first line whose name begins with each byte, or a later one.
    private var firstLines = [Int](repeating: 0, count: 257)
    /// The longest name, in bytes.
    let longestName = 33

    private init() {
        bytes = namedReferenceTable.withUTF8Buffer { Array($0) }
        lines.reserveCapacity(2300)
        var start = 0
        var nameEnd = 0
        for (index, byte) in bytes.enumerated() {
            if byte == 0x20 { nameEnd = index }
            if byte == 0x0A || index == bytes.count - 1 {
                let end = byte == 0x0A ? index : index + 1
                if nameEnd > start { lines.append((start, nameEnd, end)) }
                start = index + 1
            }
        }
        for line in lines { firstLines[Int(bytes[line.start]) + 1] += 1 }
        for byte in 0..<256 { firstLines[byte + 1] += firstLines[byte] }
        hashNames()
    }

    private mutating func hashNames() {
        keys.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            let key = NameKey(bytes, line.start..<line.nameEnd, keepsCase: true)
            keys.append(key)
            guard let key else { continue }
            var slot = key.hash(bits: Self.bits)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt16(index + 1)
        }
    }

    /// Appends what the name in `source[range]` stands for; false if it is no such name.
    func append(_ source: [UInt8], _ range: Range<Int>, to out: inout [UInt8]) -> Bool {
        guard let scalars = scalars(source, range) else { return false }
        out.append(scalar: scalars.first)
        if let second = scalars.second { out.append(scalar: second) }
        return true
    }

    /// The one or two code points that the name in `source[range]` stands for; nil if it is no such name.
    func scalars(_ source: [UInt8], _ range: Range<Int>) -> (first: UInt32, second: UInt32?)? {
        guard let line = line(of: source, range) else { return nil }
        var first: UInt32?
        var value: UInt32 = 0
        for index in lines[line].nameEnd + 1..<lines[line].end {
            if let digit = bytes[index].hexValue {
                value = value << 4 | digit
            } else {
                first = value
                value = 0
            }
        }
        return first.map { ($0, value) } ?? (value, nil)
    }

    /// Whether `source[range]` is a name.
    func contains(_ source: [UInt8], _ range: Range<Int>) -> Bool { line(of: source, range) != nil }

    private func line(of source: [UInt8], _ range: Range<Int>) -> Int? {
        guard range.count <= longestName, range.lowerBound < range.upperBound else { return nil }
        if let key = NameKey(source, range, keepsCase: true) { return line(of: key, range.count) }
        let first = Int(source[range.lowerBound])
        var low = firstLines[first]
        var high = firstLines[first + 1]
        while low < high {
            let middle = (low + high) / 2
            let order = compare(lines[middle].start..<lines[middle].nameEnd, source, range)
            if order == 0 { return middle }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func line(of key: NameKey, _ count: Int) -> Int? {
        var slot = key.hash(bits: Self.bits)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if keys[index] == key, lines[index].nameEnd - lines[index].start == count { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func compare(_ own: Range<Int>, _ source: [UInt8], _ range: Range<Int>) -> Int {
        let count = min(own.count, range.count)
        for index in 0..<count {
            let left = bytes[own.lowerBound + index]
            let right = source[range.lowerBound + index]
            if left != right { return left < right ? -1 : 1 }
        }
        return own.count - range.count
    }
}

/// Numeric character references and code points that documents mean as windows-1252 (F15).
enum NumericReference {
    /// Reads `#123;` or `#x7B;` from the byte after the ampersand; nil unless it is complete and stands for a
    /// character. `end` lies behind the semicolon, or behind the digits where HTML lets it be missing.
    static func read(
        _ source: [UInt8], at position: Int, to limit: Int, needsSemicolon: Bool
    ) -> (value: UInt32, end: Int)? {
        guard position < limit, source[position] == UInt8(ascii: "#") else { return nil }
        var index = position + 1
        let isHex = index < limit && source[index] | 0x20 == UInt8(ascii: "x")
        if isHex { index += 1 }
        let first = index
        var value: UInt32 = 0
        while index < limit, let digit = source[index].hexValue, isHex || digit < 10 {
            if value < 0x20_0000 { value = value * (isHex ? 16 : 10) + digit }
            index += 1
        }
        guard index > first else { return nil }
        if index < limit, source[index] == UInt8(ascii: ";") {
            index += 1
        } else if needsSemicolon {
            return nil
        }
        return (value, index)
    }

    /// The character that a number means: C1 code points are windows-1252; nil for what XML forbids.
    static func scalar(_ value: UInt32) -> UInt32? {
        switch value {
        case 0x80...0x9F: windows1252[Int(value - 0x80)]
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: value
        default: nil
        }
    }

    /// What windows-1252 has at 0x80–0x9F; its five gaps are the C1 controls themselves.
    static let windows1252: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}
