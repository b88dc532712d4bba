// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Whether U+FFFE or U+FFFF stands at `position`.
    func isNoncharacter(at position: Int) -> Bool {
        position + 2 < count && self[position] == 0xEF && self[position + 1] == 0xBF && self[position + 2] >= 0xBE
    }

    /// Where the name of an entity reference ends, at its semicolon; nil without one.
    func referenceNameEnd(from start: Int, to end: Int) -> Int? {
        guard start < end, self[start].beginsName else { return nil }
        var index = start
        let end = Swift.min(end, start + 256)
        while index < end, self[index].continuesName { index += 1 }
        return index < end && self[index] == UInt8(ascii: ";") ? index : nil
    }

    /// The reference to one of XML's five entities behind the ampersand at `position`: what it stands for, and where it
    /// ends. Most references are one of these.
    @inline(__always)
    func predefinedReference(at position: Int, to limit: Int) -> (value: UInt8, end: Int)? {
        let end = Swift.min(limit, count)
        guard position + 4 <= end else { return nil }
        let (first, second, third) = (self[position + 1], self[position + 2], self[position + 3])
        if second == UInt8(ascii: "t"), third == UInt8(ascii: ";") {
            if first == UInt8(ascii: "l") { return (0x3C, position + 4) }
            if first == UInt8(ascii: "g") { return (0x3E, position + 4) }
            return nil
        }
        guard position + 5 <= end, first == UInt8(ascii: "a") || first == UInt8(ascii: "q") else { return nil }
        if has("amp;", at: position + 1) { return (0x26, position + 5) }
        guard position + 6 <= end else { return nil }
        if has("quot;", at: position + 1) { return (0x22, position + 6) }
        if has("apos;", at: position + 1) { return (0x27, position + 6) }
        return nil
    }

    /// What one of XML's five entities stands for.
    func predefined(_ name: Range<Int>) -> UInt8? {
        switch name.count {
        case 2 where self[name.lowerBound + 1] == UInt8(ascii: "t"):
            self[name.lowerBound] == UInt8(ascii: "l")
                ? 0x3C : self[name.lowerBound] == UInt8(ascii: "g") ? 0x3E : nil
        case 3: has("amp", at: name.lowerBound) ? 0x26 : nil
        case 4: has("quot", at: name.lowerBound) ? 0x22 : has("apos", at: name.lowerBound) ? 0x27 : nil
        default: nil
        }
    }

    /// A qualified name without its prefix.
    func localPart(_ name: Range<Int>) -> Range<Int> {
        for index in name where self[index] == UInt8(ascii: ":") { return index + 1..<name.upperBound }
        return name
    }

    /// Whether two ranges hold the same bytes.
    func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count where self[left.lowerBound + offset] != self[right.lowerBound + offset] {
            return false
        }
        return true
    }

    /// Whether two ranges hold the same ASCII letters in any case, and otherwise the same bytes.
    func equalIgnoringCase(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for offset in 0..<left.count
        where self[left.lowerBound + offset].asciiLowercased != self[right.lowerBound + offset].asciiLowercased {
            return false
        }
        return true
    }

    /// Whether exactly this name stands at `position`.
    func hasName(_ name: ArraySlice<UInt8>, at position: Int) -> Bool {
        let end = position + name.count
        guard end <= count, self[position..<end].elementsEqual(name) else { return false }
        return end == count || !self[end].continuesName
    }
}
