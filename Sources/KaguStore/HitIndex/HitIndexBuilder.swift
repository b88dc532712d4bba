// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguBytes
import KaguModel

/// Gathers the index of a hit file from its lines, in order.
struct HitIndexBuilder {
    /// A number for each line, and what the numbers mean.
    struct SetColumn {
        var numbers: [UInt32] = []
        /// Sets as they stand in the line.
        var spellings = ByteInterner()
        /// The numbers of their names.
        var sets: [[Int]] = []
    }

    private(set) var hits = 0
    private(set) var coveredBytes = 0
    private(set) var lengths: [UInt32] = []
    private(set) var checksums: [UInt32] = []
    private(set) var ids: [UInt64] = []
    private(set) var feeds: [UInt32] = []
    private(set) var kinds: [UInt32] = []
    private(set) var stories: [(line: Int, key: UInt64)] = []
    private(set) var feedList = ByteInterner()
    private(set) var kindList = ByteInterner()
    private(set) var names = ByteInterner()
    private(set) var watches = SetColumn()
    private(set) var entities = SetColumn()
    private(set) var topics = SetColumn()
    private(set) var quarters: [UInt32] = []
    private(set) var firstSeen: Instant?
    private(set) var lastSeen: Instant?
    private(set) var hasPlainIDs = true
    private(set) var isOrdered = true
    private let day: CivilDate
    private let nextDay: Instant
    private lazy var decoder = JSONDecoder()
    private var scratch: [UInt8] = []

    /// A builder for lines of a day.
    init(day: CivilDate) {
        self.day = day
        nextDay = CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1).start
    }

    /// How many lines have been added.
    var lines: Int { lengths.count }

    /// Adds a line without its newline, hit or not.
    mutating func add(_ line: ArraySlice<UInt8>) {
        let isScanned = line.withUnsafeBytes { bytes in
            // A line that is no text is given to nobody.
            guard let scan = HitLineScan(bytes), scan.isSound(bytes), UTF8Check.isText(bytes),
                !UTF8Check.hasControls(bytes)
            else { return false }
            add(scan, bytes)
            return true
        }
        guard !isScanned else { return }
        switch HitLine(line, decoder: decoder) {
        case .hit(let hit) where line.withUnsafeBytes(UTF8Check.isText):
            // In our writer's form, but under the length and checksum of the line that is there.
            let canonical = hit.line
            let isCanonical = canonical.withUnsafeBytes { bytes in
                guard let scan = HitLineScan(bytes) else { return false }
                add(scan, bytes, length: line.count, checksum: CRC32C.checksum(line))
                return true
            }
            if !isCanonical { addOther(line, "bad") }
        case .newer: addOther(line, "newer")
        case .hit, .bad: addOther(line, "bad")
        }
    }

    private mutating func add(
        _ scan: HitLineScan, _ line: HitLineScan.Bytes, length: Int? = nil, checksum: UInt32? = nil
    ) {
        fillQuarters(to: scan.seen)
        isOrdered = isOrdered && scan.seen >= lastSeen ?? day.start && scan.seen < nextDay
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
