// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguBytes
import KaguModel

/// Gathers the index of a hit file from its lines, in order.
struct HitIndexBuilder {
    /// A number for each line, and how many numbers there are.
    private struct SetColumn {
        var numbers: [UInt32] = []
        /// Sets as they stand in the line.
        var spellings = ByteInterner()
        /// The numbers of their names.
        var sets: [[Int]] = []
    }

    private(set) var hits = 0
    private(set) var coveredBytes = 0
    private var lengths: [UInt32] = []
    private var checksums: [UInt32] = []
    private var ids: [UInt64] = []
    private var feeds: [UInt32] = []
    private var kinds: [UInt32] = []
    private var stories: [(line: Int, key: UInt64)] = []
    private var feedList = ByteInterner()
    private var kindList = ByteInterner()
    private var names = ByteInterner()
    private var watches = SetColumn()
    private var entities = SetColumn()
    private var topics = SetColumn()
    private var quarters: [UInt32] = []
    private var firstSeen: Instant?
    private var lastSeen: Instant?
    private var hasPlainIDs = true
    private let day: CivilDate
    private let decoder = JSONDecoder()
    private var scratch: [UInt8] = []

    /// A builder for lines of a day.
    init(day: CivilDate) { self.day = day }

    /// How many lines have been added.
    var lines: Int { lengths.count }

    /// Adds a line without its newline, hit or not.
    mutating func add(_ line: ArraySlice<UInt8>) {
        let isScanned = line.withUnsafeBytes { bytes in
            guard let scan = HitLineScan(bytes), scan.isSound(bytes), Self.isPlain(bytes) else { return false }
            add(scan, bytes)
            return true
        }
        guard !isScanned else { return }
        switch HitLine(line, decoder: decoder) {
        case .hit(let hit):
            // In our writer's form, but under the length and checksum of the line that is there.
            let canonical = hit.line
            let isCanonical = canonical.withUnsafeBytes { bytes in
                guard let scan = HitLineScan(bytes) else { return false }
                add(scan, bytes, length: line.count, checksum: CRC32C.checksum(line))
                return true
            }
            if !isCanonical { addOther(line, "bad") }
        case .newer: addOther(line, "newer")
        case .bad: addOther(line, "bad")
        }
    }

    /// Whether a line is UTF-8 without control characters, as JSON wants it.
    private static func isPlain(_ line: HitLineScan.Bytes) -> Bool {
        line.allSatisfy { $0 >= 0x20 }
            && line.withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
    }

    private mutating func add(
        _ scan: HitLineScan, _ line: HitLineScan.Bytes, length: Int? = nil, checksum: UInt32? = nil
    ) {
        fillQuarters(to: scan.seen)
        firstSeen = firstSeen ?? scan.seen
        lastSeen = scan.seen
        appendLine(length: length ?? line.count, checksum: checksum ?? CRC32C.checksum(line))
        let id = HitLineScan.Bytes(rebasing: line[scan.id])
        let story = HitLineScan.Bytes(rebasing: line[scan.story])
        let (key, isPlain) = IdentityKey.of(id, length: 18)
        let (storyKey, isPlainStory) = IdentityKey.of(story, length: 15)
        hasPlainIDs = hasPlainIDs && isPlain
        ids.append(key)
        // Of a plain id 64 bits are told by 13 characters, which is what its story has.
        if storyKey != key || !isPlain || !isPlainStory { stories.append((lines - 1, storyKey)) }
        feeds.append(UInt32(feedList.number(of: .init(rebasing: line[scan.feed])).number))
        Self.add(.init(rebasing: line[scan.watches]), to: &watches, &names)
        Self.add(.init(rebasing: line[scan.entities]), to: &entities, &names)
        withoutScores(.init(rebasing: line[scan.topics]))
        scratch.withUnsafeBytes { Self.add($0, to: &topics, &names) }
        kinds.append(kind(scan, line))
        hits += 1
    }

    /// A line that is no hit of ours keeps its place.
    private mutating func addOther(_ line: ArraySlice<UInt8>, _ kind: StaticString) {
        appendLine(length: line.count, checksum: CRC32C.checksum(line))
        ids.append(0)
        feeds.append(UInt32(Array("{}".utf8).withUnsafeBytes { feedList.number(of: $0).number }))
        Array("[]".utf8).withUnsafeBytes {
            Self.add($0, to: &watches, &names)
            Self.add($0, to: &entities, &names)
            Self.add($0, to: &topics, &names)
        }
        kinds.append(UInt32(kind.withUTF8Buffer { kindList.number(of: .init($0)).number }))
    }

    private mutating func appendLine(length: Int, checksum: UInt32) {
        lengths.append(UInt32(truncatingIfNeeded: length))
        checksums.append(checksum)
        coveredBytes += length + 1
    }

    private mutating func fillQuarters(to seen: Instant) {
        let quarter = (seen.milliseconds - day.start.milliseconds) / 900_000
        while quarters.count <= min(quarter, 95) { quarters.append(UInt32(lines)) }
    }

    private static func add(_ set: HitLineScan.Bytes, to column: inout SetColumn, _ names: inout ByteInterner) {
        let (number, isNew) = column.spellings.number(of: set)
        column.numbers.append(UInt32(truncatingIfNeeded: number))
        guard isNew else { return }
        var cursor = LineCursor(set)
        var numbers: [Int] = []
        if cursor.skip("["), !cursor.skip("]") {
            repeat {
                guard cursor.skip("\""), let range = cursor.string() else { break }
                numbers.append(Self.name(.init(rebasing: set[range]), &names))
            } while cursor.skip(",")
        }
        column.sets.append(numbers)
    }

    private static func name(_ raw: HitLineScan.Bytes, _ names: inout ByteInterner) -> Int {
        guard raw.contains(0x5C), let plain = HitLineScan.unescaped(raw) else {
            return names.number(of: raw).number
        }
        return plain.withUnsafeBytes { names.number(of: $0).number }
    }

    /// Leaves the list of the topics' ids in `scratch`: scores differ from hit to hit.
    private mutating func withoutScores(_ topics: HitLineScan.Bytes) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(UInt8(ascii: "["))
        var cursor = LineCursor(topics)
        if cursor.skip("["), !cursor.skip("]") {
            repeat {
                guard cursor.skip("{\"id\":\""), let id = cursor.string(), cursor.skip(",\"score\":"),
                    cursor.number() != nil, cursor.skip("}")
                else { break }
                if scratch.count > 1 { scratch.append(UInt8(ascii: ",")) }
                scratch.append(contentsOf: topics[(id.lowerBound - 1)..<(id.upperBound + 1)])
            } while cursor.skip(",")
        }
        scratch.append(UInt8(ascii: "]"))
    }

    private mutating func kind(_ scan: HitLineScan, _ line: HitLineScan.Bytes) -> UInt32 {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(scan.isBaseline ? UInt8(ascii: "b") : UInt8(ascii: "h"))
        scratch.append(0)
        scratch.append(contentsOf: line[scan.severity])
        scratch.append(0)
        scratch.append(contentsOf: line[scan.lang])
        return UInt32(scratch.withUnsafeBytes { kindList.number(of: $0).number })
    }

    // MARK: Result

    /// The file's bytes.
    func finish() -> [UInt8] {
        var sections: [(IndexFormat.Section, width: Int, bytes: [UInt8])] = []
        func add(_ section: IndexFormat.Section, width: Int, _ body: (inout IndexBytes) -> Void) {
            var bytes = IndexBytes()
            body(&bytes)
            sections.append((section, width, bytes.bytes))
        }
        func column(_ section: IndexFormat.Section, _ values: [UInt32], below limit: Int) {
            let width = IndexFormat.width(of: max(0, limit - 1))
            add(section, width: width) { $0.column(values, width: width) }
        }
        column(.lengths, lengths, below: Int(lengths.max() ?? 0) + 1)
        add(.checksums, width: 4) { $0.column(checksums, width: 4) }
        add(.ids, width: 8) { bytes in for id in ids { bytes.fixed(id) } }
        column(.feeds, feeds, below: feedList.count)
        column(.watches, watches.numbers, below: watches.sets.count)
        column(.entities, entities.numbers, below: entities.sets.count)
        column(.topics, topics.numbers, below: topics.sets.count)
        column(.kinds, kinds, below: kindList.count)
        add(.stories, width: 12) { bytes in
            for story in stories {
                bytes.fixed(UInt32(story.line))
                bytes.fixed(story.key)
            }
        }
        var starts = quarters
        while starts.count < 97 { starts.append(UInt32(lines)) }
        add(.quarters, width: 4) { $0.column(starts, width: 4) }
        for (section, list) in [(IndexFormat.Section.names, names), (.feedList, feedList), (.kindList, kindList)] {
            add(section, width: 0) { Self.write(list, to: &$0) }
        }
        for (section, sets) in [
            (IndexFormat.Section.watchSets, watches.sets), (.entitySets, entities.sets), (.topicSets, topics.sets),
        ] {
            add(section, width: 0) { Self.write(sets, to: &$0) }
        }
        return assemble(sections)
    }

    private func assemble(_ sections: [(IndexFormat.Section, width: Int, bytes: [UInt8])]) -> [UInt8] {
        var table = IndexBytes()
        var offset = IndexFormat.headerBytes + sections.count * IndexFormat.entryBytes
        for section in sections {
            table.fixed(section.0.rawValue)
            table.fixed(UInt32(section.width))
            table.fixed(UInt64(offset))
            table.fixed(UInt64(section.bytes.count))
            table.fixed(CRC32C.checksum(section.bytes))
            table.fixed(UInt32(0))
            offset += section.bytes.count
        }
        var header = IndexBytes(reserving: offset)
        header.raw(IndexFormat.magic)
        header.fixed(UInt64(coveredBytes))
        header.fixed(UInt32(lines))
        header.fixed(UInt32(hits))
        header.fixed(firstSeen?.milliseconds ?? 0)
        header.fixed(lastSeen?.milliseconds ?? 0)
        header.fixed(hasPlainIDs ? IndexFormat.hasPlainIDs : 0)
        header.fixed(UInt32(sections.count))
        header.fixed(CRC32C.checksum(table.bytes))
        header.fixed(UInt64(0))
        header.fixed(CRC32C.checksum(header.bytes))
        header.raw(table.bytes)
        for section in sections { header.raw(section.bytes) }
        return header.bytes
    }

    private static func write(_ list: ByteInterner, to bytes: inout IndexBytes) {
        bytes.varint(list.count)
        for number in 0..<list.count {
            bytes.varint(list[number].count)
            bytes.raw(list[number])
        }
    }

    private static func write(_ sets: [[Int]], to bytes: inout IndexBytes) {
        bytes.varint(sets.count)
        for set in sets {
            bytes.varint(set.count)
            for number in set { bytes.varint(number) }
        }
    }
}

/// 64 bits that tell an id, or a story, from others.
enum IdentityKey {
    /// The first 64 bits of the SHA-256 that an id of `HitIdentity` spells; a hash of any other text.
    static func of(_ text: UnsafeRawBufferPointer, length: Int) -> (key: UInt64, isPlain: Bool) {
        guard text.count == length else { return (ByteInterner.hash(text), false) }
        var key: UInt64 = 0
        for index in 2..<14 {
            let value = values[Int(text[index])]
            guard value < 32 else { return (ByteInterner.hash(text), false) }
            key = key << 5 | UInt64(value)
        }
        let last = values[Int(text[14])]
        guard last < 32 else { return (ByteInterner.hash(text), false) }
        return (key << 4 | UInt64(last >> 1), true)
    }

    /// The key of a text.
    static func of(_ text: String, length: Int) -> UInt64 {
        Array(text.utf8).withUnsafeBytes { of($0, length: length).key }
    }

    /// The values of Crockford's characters, lower case; 255 for all others.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in "0123456789abcdefghjkmnpqrstvwxyz".utf8.enumerated() {
            values[Int(character)] = UInt8(value)
        }
        return values
    }()
}
