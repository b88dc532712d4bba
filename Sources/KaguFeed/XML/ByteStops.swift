// SPDX-License-Identifier: Apache-2.0

/// The bytes at which a scan of text stops.
protocol ByteStops {
    /// Marks at least the bytes at which the scan stops.
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks
    /// Whether the scan stops at a byte.
    static func stops(at byte: UInt8) -> Bool
}

/// What text may not simply contain: `<`, `&`, `>`, controls that XML forbids, and 0xEF, which may begin U+FFFE.
enum TextStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        block.equal(0x3E, setting: 0x02) .| block.equal(0x26) .| block.equal(0xEF) .| block.controls
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool {
        byte == 0x3C || byte == 0x26 || byte == 0x3E || byte == 0xEF
            || byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D
    }
}

/// What needs a decision when text is decoded: `<`, `&`, carriage return, what XML forbids.
enum DecodeStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        block.equal(0x3C) .| block.equal(0x26) .| block.equal(0xEF) .| block.controls
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool {
        byte == 0x3C || byte == 0x26 || byte == 0xEF || byte < 0x20 && byte != 0x09 && byte != 0x0A
    }
}

/// What the text of a CDATA section holds that needs a look: brackets, carriage return, what XML forbids.
enum BracketStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        // `[` and `]` differ in two bits; so do `Y` and `_`, which are rare, and sorted out below.
        block.equal(0x5F, setting: 0x06) .| block.equal(0xEF) .| block.controls
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool {
        byte == 0x5B || byte == 0x5D || byte == 0xEF || byte < 0x20 && byte != 0x09 && byte != 0x0A
    }
}

/// What does not stay as it is in an attribute's value: references and controls.
enum AttributeStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks { block.equal(0x26) .| block.controls }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool { byte == 0x26 || byte < 0x20 }
}

/// What may end the value of an attribute, or does not stay as it is in it.
enum ValueStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        block.equal(0x22) .| block.equal(0x27) .| block.equal(0x26) .| block.equal(0x3C)
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool { byte == 0x22 || byte == 0x27 || byte == 0x26 || byte == 0x3C }
}

/// What is no plain part of an address: controls, and bytes past ASCII.
enum AddressStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks { block.controls .| block.equal(0xFF, setting: 0x7F) }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool { byte < 0x20 || byte >= 0x80 }
}

/// What may end a tag of HTML: `>`, and quotes.
enum TagStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        block.equal(0x3E) .| block.equal(0x22) .| block.equal(0x27)
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool { byte == 0x3E || byte == 0x22 || byte == 0x27 }
}

/// What does not stay as it is in a JSON string: its end, escapes, controls.
enum JSONStringStops: ByteStops {
    @inline(__always)
    static func marks(_ block: ByteBlock) -> ByteBlock.Marks {
        block.equal(0x22) .| block.equal(0x5C) .| block.controls
    }

    @inline(__always)
    static func stops(at byte: UInt8) -> Bool { byte == 0x22 || byte == 0x5C || byte < 0x20 }
}

extension [UInt8] {
    /// The first byte from `start` to `end` at which a scan stops; `end` if there is none.
    @inline(__always)
    func first<Stops: ByteStops>(_ stops: Stops.Type, from start: Int, to end: Int) -> Int {
        let raw = span.bytes
        let end = Swift.min(end, count)
        let lastBlock = count - ByteBlock.width
        var position = Swift.max(0, start)
        while position < end {
            guard position <= lastBlock else {
                if Stops.stops(at: self[position]) { return position }
                position += 1
                continue
            }
            let marks = Stops.marks(ByteBlock(raw, inside: position))
            if !ByteBlock.isEmpty(marks) {
                var index = ByteBlock.first(marks)
                while true {
                    if position + index >= end { return end }
                    if Stops.stops(at: self[position + index]) { return position + index }
                    guard let next = ByteBlock.next(marks, behind: index) else { break }
                    index = next
                }
            }
            position += ByteBlock.width
        }
        return end
    }

    /// Where a run of words ends: at the first `<`, `&` or white space from `start` to `end`, single spaces between words
    /// apart.
    func endOfWords(from start: Int, to end: Int) -> Int {
        let raw = span.bytes
        let end = Swift.min(end, count)
        // The block that begins one byte later must lie inside, too.
        let lastBlock = count - ByteBlock.width - 1
        var position = Swift.max(0, start)
        while position < end {
            if position <= lastBlock {
                let block = ByteBlock(raw, inside: position)
                let next = ByteBlock(raw, inside: position + 1)
                let breaks = block.equal(0x3C) .| block.equal(0x26) .| block.controls
                let nextBreaks = next.equal(0x3C) .| next.equal(0x26) .| next.controls .| next.equal(0x20)
                let marks = breaks .| (block.equal(0x20) .& nextBreaks)
                if ByteBlock.isEmpty(marks) {
                    position += ByteBlock.width
                    continue
                }
                position += ByteBlock.first(marks)
                if position >= end { break }
            }
            if self[position].endsWords {
                guard self[position] == 0x20, position + 1 < end, !self[position + 1].endsWords else {
                    return position
                }
            }
            position += 1
        }
        return end > start && self[end - 1] == 0x20 ? end - 1 : end
    }
}

extension UInt8 {
    /// White space, `<` or `&`.
    @inline(__always)
    fileprivate var endsWords: Bool { self == 0x3C || self == 0x26 || isSpace }
}
