// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
public import KaguModel

/// Reads the archive of all items, whether a daemon runs or not. Blocks; owns nothing between calls.
public struct ArchiveReader: Sendable {
    /// `items/` of the state directory.
    public let path: String

    /// A reader of the archive of a state directory, which need not exist.
    public init(directory: String) { path = StateDirectory(directory).items }

    /// The days of which there are items, in order.
    public var days: [CivilDate] {
        var days: [CivilDate] = []
        for name in ArchiveFileName.list(in: path) where days.last != name.day { days.append(name.day) }
        return days
    }

    /// What one reading met.
    public struct Summary: Hashable, Sendable {
        /// Lines that were given.
        public var lines = 0
        /// Lines that are no items of this version: skipped.
        public var badLines = 0
        /// Files whose end could not be read, with the reason.
        public var problems: [String] = []
    }

    /// Gives the lines of items seen at `since` or later, oldest day first, without their newlines, until `body`
    /// returns false. Of lines with one id on one day the first is given.
    @discardableResult
    public func read(since: Instant? = nil, _ body: (ArraySlice<UInt8>) throws -> Bool) rethrows -> Summary {
        var summary = Summary()
        var day: CivilDate?
        var ids: Set<Int> = []
        for name in ArchiveFileName.list(in: path) where since.map({ name.day >= $0.day }) ?? true {
            if day != name.day { ids = [] }
            day = name.day
            let goesOn = try lines(of: name, &summary) { line, summary in
                guard let id = Self.id(line) else {
                    summary.badLines += 1
                    return true
                }
                guard ids.insert(id).inserted else { return true }
                if let since, name.day == since.day, let seen = HitLine.seen(line), seen < since { return true }
                summary.lines += 1
                return try body(line)
            }
            guard goesOn else { break }
        }
        return summary
    }

    /// The item with this id, this publisher's id or this address, the last one seen, of one feed where one is given;
    /// nil where none is kept.
    public func item(named name: String, feed: String? = nil) -> ArchivedItem? {
        let needle = Self.quoted(name)
        for file in ArchiveFileName.list(in: path).reversed() {
            var found: ArchivedItem?
            var summary = Summary()
            lines(of: file, &summary) { line, _ in
                if Self.contains(line, needle), let item = ArchivedItem(line: line),
                    [item.id, item.guid, item.url].contains(name), feed == nil || item.feed == feed
                {
                    found = item
                }
                return true
            }
            if let found { return found }
        }
        return nil
    }

    /// Gives the lines of a file; false when `body` wants no more.
    @discardableResult
    private func lines(
        of name: ArchiveFileName, _ summary: inout Summary,
        _ body: (ArraySlice<UInt8>, inout Summary) throws -> Bool
    ) rethrows -> Bool {
        let reader: GzipFileReader
        do throws(GzipFileError) {
            reader = try GzipFileReader("\(path)/\(name)")
        } catch {
            summary.problems.append("\(path)/\(name): \(error)")
            return true
        }
        var rest: [UInt8] = []
        while true {
            let block: [UInt8]
            do throws(GzipFileError) {
                block = try reader.read(upTo: Self.blockBytes)
            } catch {
                summary.problems.append("\(path)/\(name): \(error)")
                return true
            }
            // What follows the last newline is being written.
            guard !block.isEmpty else { return true }
            rest += block
            var start = 0
            while let end = rest[start...].firstNewline {
                guard try body(rest[start..<end], &summary) else { return false }
                start = end + 1
            }
            rest.removeSubrange(..<start)
        }
    }

    /// The id of a line, hashed; nil for what is no line of this version.
    private static func id(_ line: ArraySlice<UInt8>) -> Int? {
        guard line.starts(with: ArchivedItem.prefix) else { return nil }
        let id = line.dropFirst(ArchivedItem.prefix.count).prefix { $0 != UInt8(ascii: "\"") }
        return id.isEmpty ? nil : Array(id).hashValue
    }

    /// A text as a JSON string.
    private static func quoted(_ text: String) -> [UInt8] {
        var json = JSONWriter()
        json.string(text)
        return json.bytes
    }

    /// Neither holds a zero: JSON escapes it.
    private static func contains(_ line: ArraySlice<UInt8>, _ needle: [UInt8]) -> Bool {
        (line + [0]).withUnsafeBytes { line in
            (needle + [0]).withUnsafeBytes { needle in
                guard let line = line.baseAddress, let needle = needle.baseAddress else { return false }
                // Both buffers end with a zero.
                return strstr(
                    line.assumingMemoryBound(to: CChar.self), needle.assumingMemoryBound(to: CChar.self)) != nil
            }
        }
    }

    private static let blockBytes = 1 << 20
}

extension ArraySlice<UInt8> {
    fileprivate var firstNewline: Int? {
        withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base, 10, bytes.count) else { return nil }
            return startIndex + (UnsafeRawPointer(found) - base)
        }
    }
}
