// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import KaguModel

/// A line that is asked for, with what is known of it already; or several such, side by side.
struct AcceptedLine {
    /// Without the last newline.
    let bytes: ArraySlice<UInt8>
    /// How many lines these are.
    var count = 1
    /// Where its members lie; nil where it had to be decoded, or was not looked at.
    let scan: HitLineScan?
    /// The hit, where it had to be decoded.
    let decoded: Hit?
    /// Whether an index has told that the line is text, and a hit.
    var isProved = false

    /// Whether the line is text, as far as that has not been found out yet.
    var isText: Bool { isProved || decoded != nil || bytes.withUnsafeBytes(UTF8Check.isText) }

    /// The hit; nil where the line turns out to be none.
    func hit(_ decoder: @autoclosure () -> JSONDecoder) -> Hit? {
        if let decoded { return decoded }
        if let hit = bytes.withUnsafeBytes({ line in (scan ?? HitLineScan(line))?.hit(line) }) { return hit }
        if case .hit(let hit) = HitLine(bytes, decoder: decoder()) { return hit }
        return nil
    }
}

/// One pass over lines: filters before and after decoding, and counts what it skips.
struct HitPass {
    /// What is asked for.
    let query: HitQuery
    /// What was met so far.
    var summary = HitReadSummary()
    /// Made when the first line is met that needs it: it costs more than a short answer.
    private(set) lazy var decoder = Self.makeDecoder()
    private let needles: [[[UInt8]]]
    private var day: CivilDate?
    private var ids: Set<String> = []
    private var mayRepeat = false

    /// What decodes a line that is not in our writer's form.
    static func makeDecoder() -> JSONDecoder { JSONDecoder() }

    init(query: HitQuery) {
        self.query = query
        needles = query.needles
    }

    /// Begins a file; where its day has several, lines may be repeated (O37).
    mutating func begin(_ day: CivilDate, mayRepeat: Bool) {
        if self.day != day { ids = [] }
        self.day = day
        self.mayRepeat = mayRepeat
    }

    /// Gives the line to `body` where it is asked for; false where `body` wants no more.
    mutating func take(_ line: LineReader.Line, _ body: (AcceptedLine) throws -> Bool) rethrows -> Bool {
        try take(line.bytes, isSelected: false, isProved: false, body)
    }

    /// Gives lines of which an index knows that all are asked for, and each once.
    @inline(__always)
    mutating func give(
        _ lines: ArraySlice<UInt8>, count: Int, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> Bool {
        summary.hits += count
        return try body(AcceptedLine(bytes: lines, count: count, scan: nil, decoded: nil, isProved: true))
    }

    /// The same; `isSelected` says that an index has told all but time, text and repetition, `isProved` that it has told
    /// these too.
    mutating func take(
        _ line: ArraySlice<UInt8>, isSelected: Bool, isProved: Bool, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> Bool {
        if isProved { return try give(line, count: 1, body) }
        guard isSelected || needles.allSatisfy({ list in list.contains { Self.contains(line, $0) } }) else {
            return true
        }
        guard let accepted = accept(line) else { return true }
        if mayRepeat {
            guard let id = id(accepted), ids.insert(id).inserted else {
                summary.repeatedLines += 1
                return true
            }
        }
        summary.hits += 1
        return try body(accepted)
    }

    /// The line, where it is asked for; what is no hit is counted.
    private mutating func accept(_ line: ArraySlice<UInt8>) -> AcceptedLine? {
        let scan: HitLineScan? = line.withUnsafeBytes { bytes in
            guard let scan = HitLineScan(bytes), scan.isSound(bytes) else { return nil }
            return scan
        }
        if let scan, let isAccepted = line.withUnsafeBytes({ query.accepts(scan, $0) }) {
            return isAccepted ? AcceptedLine(bytes: line, scan: scan, decoded: nil) : nil
        }
        switch HitLine(line, decoder: decoder) {
        case .newer: summary.newerLines += 1
        case .bad: summary.badLines += 1
        case .hit(let hit): return query.accepts(hit) ? AcceptedLine(bytes: line, scan: nil, decoded: hit) : nil
        }
        return nil
    }

    private func id(_ line: AcceptedLine) -> String? {
        if let decoded = line.decoded { return decoded.id }
        guard let range = line.scan?.id else { return nil }
        return line.bytes.withUnsafeBytes { HitLineScan.text($0, range) }
    }

    /// Whether `line` holds `needle`, which begins with a quotation mark: found by its second byte, which is rarer.
    private static func contains(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
        line.withUnsafeBytes { line in
            guard let base = line.baseAddress, needle.count > 1 else { return false }
            var position = 1
            while position + needle.count - 1 <= line.count {
                guard let found = memchr(base + position, Int32(needle[1]), line.count - position) else {
                    return false
                }
                let start = UnsafeRawPointer(found) - base - 1
                guard start + needle.count <= line.count else { return false }
                if memcmp(base + start, needle, needle.count) == 0 { return true }
                position = start + 2
            }
            return false
        }
    }
}
