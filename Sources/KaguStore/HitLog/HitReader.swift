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
        let decoder = JSONDecoder()
        var unreadable = 0
        var summary = try readAccepted(query) { line in
            guard let hit = line.hit(decoder) else {
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
        var unreadable = 0
        var summary = try readAccepted(query) { line in
            guard line.isText else {
                unreadable += 1
                return true
            }
            return try body(line.bytes)
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
        _ query: HitQuery, _ body: (AcceptedLine) throws -> Bool
    ) rethrows -> HitReadSummary {
        var pass = HitPass(query: query)
        let files = HitFileName.list(in: path).filter { file in
            (query.until.map { file.day.start < $0 } ?? true) && (query.since.map { file.day >= $0.day } ?? true)
        }
        guard let limit = query.limit else {
            try scan(files, backward: query.newestFirst, &pass, body)
            return pass.summary
        }
        guard limit > 0 else { return pass.summary }
        if query.newestFirst == query.takesLast {
            var count = 0
            try scan(files, backward: query.takesLast, &pass) { line in
                count += 1
                return try body(line) && count < limit
            }
            return pass.summary
        }
        // The last N oldest first, or the first N newest first: gathered, then turned round.
        var taken: [AcceptedLine] = []
        scan(files, backward: query.takesLast, &pass) { line in
            taken.append(line)
            return taken.count < limit
        }
        for line in taken.reversed() { guard try body(line) else { break } }
        return pass.summary
    }

    private func scan(
        _ files: [HitFileName], backward: Bool, _ pass: inout HitPass, _ body: (AcceptedLine) throws -> Bool
    ) rethrows {
        // Only a day of several files can hold a line twice (O37).
        let split = Set(files.filter { $0.part > 0 }.map(\.day))
        for file in backward ? files.reversed() : files {
            guard let reader = pass.summary.open(file, in: path) else { continue }
            defer { pass.summary.note(reader, file) }
            let range = reader.range(since: pass.query.since, until: pass.query.until)
            pass.begin(file.day, mayRepeat: split.contains(file.day))
            let selection =
                pass.query.usesIndex
                ? IndexedLines(file, in: path, pass.query, within: range, of: reader) : nil
            let covered = selection?.end ?? range.lowerBound
            let tail = max(range.lowerBound, covered)..<max(range.upperBound, covered)
            var goesOn = true
            if backward {
                try reader.backward(tail) { line in
                    goesOn = try pass.take(line, body)
                    return goesOn
                }
                if goesOn, let selection { goesOn = try selection.read(reader, backward: true, &pass, body) }
            } else {
                if let selection { goesOn = try selection.read(reader, backward: false, &pass, body) }
                guard goesOn else { return }
                try reader.forward(tail) { line in
                    goesOn = try pass.take(line, body)
                    return goesOn
                }
            }
            guard goesOn else { return }
        }
    }
}
