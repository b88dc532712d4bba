// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import KaguModel

/// Reads hits from the day files, whether a daemon runs or not (O18, O25, O38).
///
/// Files outside the asked time are not opened; in the others the first line of it is found by bisection, since
/// lines are in order of `seen`. What else is asked is told by the file's index, where it has one; lines behind its end,
/// and files without one, are read. A bad line, or one of a later version, is skipped and counted; of lines with
/// one id the first is given. A file that cannot be read, or not to its end, is named in the summary. Blocks; owns
/// nothing between calls.
public struct HitReader: Sendable {
    /// `hits/` of the state directory.
    public let path: String

    /// A reader of the hits of a state directory, which need not exist.
    public init(directory: String) { path = StateDirectory(directory).hits }

    /// Gives the hits that `query` asks for, in its order, until `body` returns false.
    @discardableResult
    public func read(_ query: HitQuery, _ body: (FoundHit) throws -> Bool) rethrows -> HitReadSummary {
        var decoder: JSONDecoder?
        var unreadable = 0
        var summary = try readAccepted(query, joins: false) { line in
            func made() -> JSONDecoder {
                let made = decoder ?? JSONDecoder()
                decoder = made
                return made
            }
            guard let hit = line.hit(made()) else {
                unreadable += 1
                return true
            }
            return try body(FoundHit(hit: hit, line: line.bytes))
        }
        summary.hits -= unreadable
        summary.badLines += unreadable
        return summary
    }

    /// Gives the lines of the hits that `query` asks for as they stand in the files, without decoding them.
    @discardableResult
    public func readLines(
        _ query: HitQuery, _ body: (ArraySlice<UInt8>) throws -> Bool
    ) rethrows -> HitReadSummary {
        try readLines(query, joins: false) { line, _ in try body(line) }
    }

    /// The same, but that lines which lie side by side may be given together: `body` is told how many they are. A newline
    /// stands between them, and none behind the last.
    @discardableResult
    public func readJoinedLines(
        _ query: HitQuery, _ body: (_ lines: ArraySlice<UInt8>, _ count: Int) throws -> Bool
    ) rethrows -> HitReadSummary {
        try readLines(query, joins: true, body)
    }

    private func readLines(
        _ query: HitQuery, joins: Bool, _ body: (ArraySlice<UInt8>, Int) throws -> Bool
    ) rethrows -> HitReadSummary {
        var unreadable = 0
        var summary = try readAccepted(query, joins: joins) { line in
            guard line.isText else {
                unreadable += 1
                return true
            }
            return try body(line.bytes, line.count)
        }
        summary.hits -= unreadable
        summary.badLines += unreadable
        return summary
    }

    /// The hits that `query` asks for.
    public func hits(_ query: HitQuery) -> [Hit] {
        var hits: [Hit] = []
        read(query) { found in
            hits.append(found.hit)
            return true
        }
        return hits
    }

    private func readAccepted(
        _ query: HitQuery, joins: Bool, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> HitReadSummary {
        var pass = HitPass(query: query)
        let files = HitFileName.list(in: path).filter { file in
            (query.until.map { file.day.start < $0 } ?? true) && (query.since.map { file.day >= $0.day } ?? true)
        }
        guard let limit = query.limit else {
            try scan(files, backward: query.newestFirst, joins: joins, &pass, body)
            return pass.summary
        }
        guard limit > 0 else { return pass.summary }
        if query.newestFirst == query.takesLast {
            var count = 0
            try scan(files, backward: query.takesLast, joins: false, &pass) { line in
                count += 1
                return try body(line) && count < limit
            }
            return pass.summary
        }
        // The last N oldest first, or the first N newest first: gathered, then turned round.
        var taken: [AcceptedLine] = []
        scan(files, backward: query.takesLast, joins: false, &pass) { line in
            taken.append(line)
            return taken.count < limit
        }
        for line in taken.reversed() { guard try body(line) else { break } }
        return pass.summary
    }

    private func scan(
        _ files: [HitFileName], backward: Bool, joins: Bool, _ pass: inout HitPass,
        _ body: (AcceptedLine) throws -> Bool
    ) rethrows {
        // Only a day of several files can hold a line twice (O37).
        let split = Set(files.filter { $0.part > 0 }.map(\.day))
        for file in backward ? files.reversed() : files {
            guard let reader = pass.summary.open(file, in: path) else { continue }
            defer { pass.summary.note(reader, file) }
            let mayRepeat = split.contains(file.day)
            pass.begin(file.day, mayRepeat: mayRepeat)
            let range = reader.range(since: pass.query.since, until: pass.query.until, on: file.day)
            guard !range.isEmpty else { continue }
            let index = HitIndexFiles(hits: path).open(file, of: reader)
            let texts = index.flatMap { TextIndexFiles.candidates(pass.query.text, file, in: path, lines: $0) }
            if pass.query.text != nil {
                pass.summary.noteTextGap(of: texts == nil ? nil : index, file, reader)
            }
            let lines = index.flatMap {
                IndexedLines($0, from: 0, pass.query, within: range, texts: texts, mustBeExact: false)
            }
            if pass.query.usesIndex { pass.summary.noteGap(of: lines?.index, file, reader) }
            // Lines that no index knows.
            let tail = (lines?.bytes.upperBound ?? range.lowerBound)..<range.upperBound
            let isProved =
                lines.map { $0.selection.isExact && $0.selection.tellsText && $0.index.isOrdered && !mayRepeat }
                ?? false
            if backward {
                guard try read(tail, of: reader, backward: true, &pass, body) else { return }
            }
            if let lines {
                switch try lines.read(
                    reader, backward: backward, isProved: isProved, joins: joins && isProved, &pass, body)
                {
                case .done: break
                case .stopped: return
                case .damaged(let left):
                    if pass.query.usesIndex { pass.summary.noteGap(of: nil, file, reader) }
                    // What is no hit among them is counted as it is met.
                    pass.summary.badLines -= lines.selection.summary.badLines
                    pass.summary.newerLines -= lines.selection.summary.newerLines
                    guard try read(left, of: reader, backward: backward, &pass, body) else { return }
                }
            }
            if !backward {
                guard try read(tail, of: reader, backward: false, &pass, body) else { return }
            }
        }
    }

    /// Gives the lines that are asked for, without an index; false where `body` wants no more.
    private func read(
        _ range: Range<Int>, of reader: borrowing LineReader, backward: Bool, _ pass: inout HitPass,
        _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> Bool {
        var goesOn = true
        guard !range.isEmpty else { return goesOn }
        if backward {
            try reader.backward(range) { line in
                goesOn = try pass.take(line, body)
                return goesOn
            }
        } else {
            try reader.forward(range) { line in
                goesOn = try pass.take(line, body)
                return goesOn
            }
        }
        return goesOn
    }
}

extension HitReadSummary {
    /// Notes what an index does not cover.
    mutating func noteGap(of index: HitIndex?, _ file: HitFileName, _ reader: borrowing LineReader) {
        if let gap = gap(of: index, file, reader) { gaps.insert(gap) }
    }

    /// Notes what the full-text index beside `index` does not cover; nil where there is none.
    mutating func noteTextGap(of index: HitIndex?, _ file: HitFileName, _ reader: borrowing LineReader) {
        if let gap = gap(of: index, file, reader) { textGaps.insert(gap) }
    }

    private func gap(of index: HitIndex?, _ file: HitFileName, _ reader: borrowing LineReader) -> IndexGap? {
        let covered = index?.coveredBytes ?? 0
        guard reader.size > covered, !reader.endsWhole(at: covered) else { return nil }
        return IndexGap(file: file, bytes: reader.size - covered, fileBytes: reader.size)
    }
}
