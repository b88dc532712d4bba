// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// The first byte from `start` to `end` whose class is not zero; `end` if there is none. Bytes with a class are
    /// controls, `<`, `>`, `&`, `"`, `\\` or 0xEF.
    func firstSpecial(from start: Int, to end: Int, classes: [UInt8]) -> Int {
        withUnsafeBufferPointer { bytes in
            classes.withUnsafeBufferPointer { table in
                let end = Swift.min(end, bytes.count)
                var position = start
                while position < end {
                    while position + ByteBlock.width <= end, ByteBlock(bytes, position).isPlain {
                        position += ByteBlock.width
                    }
                    let stop = Swift.min(position + ByteBlock.width, end)
                    while position < stop {
                        if table[Int(bytes[position])] != 0 { return position }
                        position += 1
                    }
                }
                return end
            }
        }
    }

    /// Where a run of plain text ends: at the first special byte (white space, `<`, `&`), single spaces between words
    /// apart.
    func endOfWords(from start: Int, to end: Int, classes: [UInt8]) -> Int {
        withUnsafeBufferPointer { bytes in
            classes.withUnsafeBufferPointer { table in
                var position = start
                while position < end {
                    while position + ByteBlock.width < end,
                        ByteBlock(bytes, position).isWords(ByteBlock(bytes, position + 1))
                    {
                        position += ByteBlock.width
                    }
                    let stop = Swift.min(position + ByteBlock.width, end)
                    while position < stop {
                        let byte = bytes[position]
                        if table[Int(byte)] == 0 {
                            position += 1
                        } else if byte == 0x20, position + 1 < end, table[Int(bytes[position + 1])] == 0 {
                            position += 2
                        } else {
                            return position
                        }
                    }
                }
                return Swift.min(position, end)
            }
        }
    }

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

    /// Whether a name is one of XML's five entities.
    func isPredefined(_ name: Range<Int>) -> Bool { predefined(name) != nil }

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
        guard let colon = find(UInt8(ascii: ":"), from: name.lowerBound, to: name.upperBound) else { return name }
        return colon + 1..<name.upperBound
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
