// SPDX-License-Identifier: Apache-2.0

/// A small set of ASCII names with a value each, found by their bytes in any case: an open-addressed table over FNV-1a.
struct ByteNameTable: Sendable {
    private var slots: [UInt8]
    /// The spellings, one after the other, and where each begins.
    private var letters: [UInt8] = []
    private var starts: [Int] = [0]
    private var values: [UInt8] = []
    private let mask: Int
    private var longest = 0

    /// At most 250 names, lower-case.
    init(_ entries: [(name: String, value: UInt8)]) {
        mask = 511
        slots = Array(repeating: 0, count: 512)
        for entry in entries.prefix(250) {
            let spelling = Array(entry.name.utf8)
            var slot = Self.hash(spelling, 0..<spelling.count) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            letters += spelling
            starts.append(letters.count)
            values.append(entry.value)
            longest = max(longest, spelling.count)
            slots[slot] = UInt8(values.count)
        }
    }

    /// The value of the name in `bytes[range]`; 0 for any other.
    func value(_ bytes: [UInt8], _ range: Range<Int>) -> UInt8 {
        guard range.count <= longest else { return 0 }
        var slot = Self.hash(bytes, range) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if matches(index, bytes, range) { return values[index] }
            slot = (slot + 1) & mask
        }
        return 0
    }

    private func matches(_ index: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let start = starts[index]
        guard starts[index + 1] - start == range.count else { return false }
        for offset in 0..<range.count
        where bytes[range.lowerBound + offset].asciiLowercased != letters[start + offset] {
            return false
        }
        return true
    }

    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for index in range { hash = (hash ^ UInt32(bytes[index].asciiLowercased)) &* 16_777_619 }
        return Int(hash ^ (hash >> 13))
    }
}
