// SPDX-License-Identifier: Apache-2.0

extension ZoneTable {
    /// Why bytes are no time zone.
    public enum Mistake: Error, Hashable, Sendable, CustomStringConvertible {
        /// They do not begin as a TZif file does.
        case noZoneFile
        /// They end too early, or say of themselves what cannot be.
        case malformed(String)
        /// The file counts leap seconds, which clocks do not (`right/…`).
        case leapSeconds

        /// What is wrong, lower case, no full stop.
        public var description: String {
            switch self {
            case .noZoneFile: "it is no TZif file"
            case .malformed(let what): "its \(what) cannot be right"
            case .leapSeconds: "it counts leap seconds; take the zone of the same name outside of \"right\""
            }
        }
    }

    /// The longest file read; the largest zone known has 4 KiB.
    public static let maximumBytes = 262_144

    /// Reads the bytes of a file of /usr/share/zoneinfo.
    public init(_ file: [UInt8]) throws(Mistake) {
        guard file.count <= Self.maximumBytes else { throw .malformed("size") }
        var reader = ZoneFileReader(file)
        let first = try reader.heading()
        guard first.version >= UInt8(ascii: "2") else {
            self = try reader.table(first, timeBytes: 4, rule: nil)
            return
        }
        // The same again with times of 64 bits, then the rule (RFC 8536 §3).
        try reader.skipTable(first, timeBytes: 4)
        let second = try reader.heading()
        let start = reader
        try reader.skipTable(second, timeBytes: 8)
        let rule = try reader.footer()
        reader = start
        self = try reader.table(second, timeBytes: 8, rule: rule)
    }
}

/// Reads the parts of a TZif file in their order; every length is checked before it is used.
private struct ZoneFileReader {
    struct Heading {
        var version: UInt8
        var universalFlags, standardFlags, leaps, transitions, types, characters: Int
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func heading() throws(ZoneTable.Mistake) -> Heading {
        guard bytes.count - position >= 44, bytes[position..<position + 4].elementsEqual("TZif".utf8) else {
            throw .noZoneFile
        }
        let version = bytes[position + 4]
        position += 20
        var counts: [Int] = []
        for _ in 0..<6 { counts.append(Int(truncatingIfNeeded: integer(4))) }
        // More than the file has bytes is a lie, and would overflow what follows.
        guard counts.allSatisfy({ (0...bytes.count).contains($0) }), (1...256).contains(counts[4]) else {
            throw .malformed("header")
        }
        return Heading(
            version: version, universalFlags: counts[0], standardFlags: counts[1], leaps: counts[2],
            transitions: counts[3], types: counts[4], characters: counts[5])
    }

    mutating func skipTable(_ heading: Heading, timeBytes: Int) throws(ZoneTable.Mistake) {
        let size =
            heading.transitions * (timeBytes + 1) + heading.types * 6 + heading.characters
            + heading.leaps * (timeBytes + 4) + heading.standardFlags + heading.universalFlags
        guard size <= bytes.count - position else { throw .malformed("length") }
        position += size
    }

    mutating func table(
        _ heading: Heading, timeBytes: Int, rule: PosixZone?
    ) throws(ZoneTable.Mistake) -> ZoneTable {
        let start = position
        try skipTable(heading, timeBytes: timeBytes)
        position = start
        guard heading.leaps == 0 else { throw .leapSeconds }
        var times: [Int64] = []
        for _ in 0..<heading.transitions { times.append(integer(timeBytes)) }
        let kinds = bytes[position..<position + heading.transitions].map(Int.init)
        position += heading.transitions
        var offsets: [Int] = []
        for _ in 0..<heading.types {
            offsets.append(Int(integer(4)))
            position += 2
        }
        guard offsets.allSatisfy({ (-93_600...93_600).contains($0) }) else { throw .malformed("offset") }
        guard kinds.allSatisfy({ $0 < offsets.count }) else { throw .malformed("list of transitions") }
        // Some files begin with the moment of the big bang; what lies so far away is never asked for.
        let limit: Int64 = 1 << 59
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }), times.allSatisfy({ abs($0 / 2) <= limit / 2 })
        else { throw .malformed("order of transitions") }
        return ZoneTable(
            firstOffset: offsets[0],
            transitions: zip(times, kinds).map { ZoneTable.Transition(at: $0, offset: offsets[$1]) }, rule: rule)
    }

    /// The rule between two line ends; nil where it is empty.
    mutating func footer() throws(ZoneTable.Mistake) -> PosixZone? {
        guard position < bytes.count, bytes[position] == 0x0A,
            let end = bytes[(position + 1)...].firstIndex(of: 0x0A)
        else { throw .malformed("rule") }
        let text = bytes[(position + 1)..<end]
        guard !text.isEmpty else { return nil }
        guard let rule = PosixZone(text) else { throw .malformed("rule") }
        return rule
    }

    /// A signed number in network order; the caller knows that it is there.
    private mutating func integer(_ count: Int) -> Int64 {
        var value: UInt64 = 0
        for byte in bytes[position..<position + count] { value = value << 8 | UInt64(byte) }
        position += count
        return count == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}
