// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// Where the members of a hit line lie that is written as our writer writes it: the quick way to read one. A line in
/// another form, of another version, or with a member more is not scanned; `HitLine` decodes it.
///
/// Ranges are offsets from the line's first byte. Those of strings lie between the quotation marks, escapes and all;
/// those of lists hold their brackets.
struct HitLineScan {
    typealias Bytes = UnsafeRawBufferPointer

    private(set) var id = 0..<0
    private(set) var seen = Instant(milliseconds: 0)
    private(set) var published = 0..<0
    /// The whole object.
    private(set) var feed = 0..<0
    private(set) var feedID = 0..<0
    private(set) var feedTitle = 0..<0
    private(set) var sourceClass = 0..<0
    private(set) var country = 0..<0
    private(set) var url = 0..<0
    private(set) var title = 0..<0
    private(set) var summary = 0..<0
    private(set) var lang = 0..<0
    private(set) var watches = 0..<0
    private(set) var entities = 0..<0
    private(set) var topics = 0..<0
    private(set) var severity = 0..<0
    private(set) var score = 0
    private(set) var story = 0..<0
    private(set) var revision = 0
    private(set) var isBaseline = false
    /// From the bracket to the line's last but one byte.
    private(set) var mentions = 0..<0

    /// Scans a line without its newline. Of `mentions` only the brackets are looked at.
    init?(_ line: Bytes) {
        var cursor = LineCursor(line)
        guard cursor.skip("{\"v\":1,\"id\":\""), let id = cursor.string(), cursor.skip(",\"seen\":\""),
            let seen = cursor.instant(), cursor.skip("\"")
        else { return nil }
        self.id = id
        self.seen = seen
        if cursor.skip(",\"published\":\"") {
            guard let published = cursor.string() else { return nil }
            self.published = published
        }
        guard scanFeed(&cursor), scanTexts(&cursor), scanLists(&cursor), scanRest(&cursor),
            line.count >= cursor.at + 2, line[line.count - 1] == UInt8(ascii: "}"),
            line[line.count - 2] == UInt8(ascii: "]")
        else { return nil }
        mentions = cursor.at..<(line.count - 1)
    }

    private mutating func scanFeed(_ cursor: inout LineCursor) -> Bool {
        guard cursor.skip(",\"feed\":") else { return false }
        let start = cursor.at
        guard cursor.skip("{\"id\":\""), let id = cursor.string(), cursor.skip(",\"title\":\""),
            let title = cursor.string(), cursor.skip(",\"class\":\""), let sourceClass = cursor.string()
        else { return false }
        if cursor.skip(",\"country\":\"") {
            guard let country = cursor.string() else { return false }
            self.country = country
        }
        guard cursor.skip("}") else { return false }
        (feedID, feedTitle, self.sourceClass) = (id, title, sourceClass)
        feed = start..<cursor.at
        return true
    }

    private mutating func scanTexts(_ cursor: inout LineCursor) -> Bool {
        if cursor.skip(",\"url\":\"") {
            guard let url = cursor.string() else { return false }
            self.url = url
        }
        guard cursor.skip(",\"title\":\""), let title = cursor.string() else { return false }
        self.title = title
        if cursor.skip(",\"summary\":\"") {
            guard let summary = cursor.string() else { return false }
            self.summary = summary
        }
        guard cursor.skip(",\"lang\":\""), let lang = cursor.string() else { return false }
        self.lang = lang
        return true
    }

    private mutating func scanLists(_ cursor: inout LineCursor) -> Bool {
        guard cursor.skip(",\"watches\":"), let watches = cursor.strings(), cursor.skip(",\"entities\":"),
            let entities = cursor.strings(), cursor.skip(",\"topics\":"), let topics = cursor.topics()
        else { return false }
        (self.watches, self.entities, self.topics) = (watches, entities, topics)
        return true
    }

    private mutating func scanRest(_ cursor: inout LineCursor) -> Bool {
        guard cursor.skip(",\"severity\":\""), let severity = cursor.string(), cursor.skip(",\"score\":"),
            let score = cursor.number(), cursor.skip(",\"story\":\""), let story = cursor.string(),
            cursor.skip(",\"revision\":"), let revision = cursor.number(), cursor.skip(",\"baseline\":")
        else { return false }
        (self.severity, self.score, self.story, self.revision) = (severity, score, story, revision)
        isBaseline = cursor.skip("true")
        guard isBaseline || cursor.skip("false") else { return false }
        return cursor.skip(",\"mentions\":") && cursor.isAt(UInt8(ascii: "["))
    }
}

/// A place in a line of JSON that is written without white space.
struct LineCursor {
    /// The line.
    let bytes: UnsafeRawBufferPointer
    /// The place.
    private(set) var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Passes `text` where it stands here.
    @inline(__always)
    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard at + count <= bytes.count, let base = bytes.baseAddress,
            memcmp(base + at, text.utf8Start, count) == 0
        else { return false }
        at += count
        return true
    }

    /// Whether `byte` stands here.
    func isAt(_ byte: UInt8) -> Bool { at < bytes.count && bytes[at] == byte }

    /// Passes the rest of a string whose opening quotation mark has been passed, and its closing one; the range lies
    /// between them.
    @inline(__always)
    mutating func string() -> Range<Int>? {
        guard let base = bytes.baseAddress else { return nil }
        let start = at
        var position = at
        while position < bytes.count, let found = memchr(base + position, 0x22, bytes.count - position) {
            let end = UnsafeRawPointer(found) - base
            var slashes = 0
            while end - slashes > start, bytes[end - slashes - 1] == 0x5C { slashes += 1 }
            if slashes & 1 == 0 {
                at = end + 1
                return start..<end
            }
            position = end + 1
        }
        return nil
    }

    /// Passes a list of strings; the range holds the brackets.
    mutating func strings() -> Range<Int>? {
        let start = at
        guard skip("[") else { return nil }
        if skip("]") { return start..<at }
        repeat {
            guard skip("\""), string() != nil else { return nil }
        } while skip(",")
        return skip("]") ? start..<at : nil
    }

    /// Passes a list of topics.
    mutating func topics() -> Range<Int>? {
        let start = at
        guard skip("[") else { return nil }
        if skip("]") { return start..<at }
        repeat {
            guard skip("{\"id\":\""), string() != nil, skip(",\"score\":"), number() != nil, skip("}") else {
                return nil
            }
        } while skip(",")
        return skip("]") ? start..<at : nil
    }

    /// Passes a whole number of at most 18 digits.
    mutating func number() -> Int? {
        let isNegative = skip("-")
        let start = at
        var value = 0
        while at < bytes.count, bytes[at] &- 0x30 < 10, at - start < 18 {
            value = value * 10 + Int(bytes[at] &- 0x30)
            at += 1
        }
        guard at > start else { return nil }
        return isNegative ? -value : value
    }

    /// Passes an instant in the form of DESIGN §6, `2026-11-22T09:13:31.482Z`.
    mutating func instant() -> Instant? {
        guard at + 24 <= bytes.count, let year = digits(0, 4), let month = digits(5, 2), let day = digits(8, 2),
            let hour = digits(11, 2), let minute = digits(14, 2), let second = digits(17, 2),
            let millisecond = digits(20, 3), bytes[at + 4] == 0x2D, bytes[at + 7] == 0x2D, bytes[at + 10] == 0x54,
            bytes[at + 13] == 0x3A, bytes[at + 16] == 0x3A, bytes[at + 19] == 0x2E, bytes[at + 23] == 0x5A
        else { return nil }
        at += 24
        return Instant(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second, millisecond: millisecond
        )
    }

    private func digits(_ offset: Int, _ count: Int) -> Int? {
        var value = 0
        for index in (at + offset)..<(at + offset + count) {
            let digit = bytes[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
