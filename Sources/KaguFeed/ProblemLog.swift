// SPDX-License-Identifier: Apache-2.0

/// Collects what is wrong with a document by byte offset, up to a limit; lines are counted once, at the end (F9).
struct ProblemLog: Sendable {
    private var entries: [(offset: Int, message: String)] = []
    private var isUnordered = false
    private let limit: Int
    private var surplus = 0
    /// While true nothing is noted.
    var isMuted = false
    /// How many problems were noted, those past the limit included.
    var count: Int { entries.count + surplus }

    init(limit: Int) { self.limit = max(1, limit) }

    /// Notes a problem at a byte of the UTF-8 document.
    mutating func note(_ offset: Int, _ message: String) {
        guard !isMuted else { return }
        guard entries.count < limit else {
            surplus += 1
            return
        }
        if let last = entries.last, last.offset > offset { isUnordered = true }
        entries.append((offset, message))
    }

    /// The problems by line; past the limit the last one counts the rest.
    func problems(in bytes: [UInt8]) -> [ParseProblem] {
        guard !entries.isEmpty else { return [] }
        var ordered = entries
        if isUnordered { ordered.sort { $0.offset < $1.offset } }
        var line = 1
        var position = 0
        var out: [ParseProblem] = []
        out.reserveCapacity(ordered.count)
        for entry in ordered {
            let end = min(entry.offset, bytes.count)
            while let found = bytes.find(0x0A, from: position, to: end) {
                line += 1
                position = found + 1
            }
            position = max(position, end)
            out.append(ParseProblem(line: line, message: entry.message))
        }
        if surplus > 0, let last = out.last {
            out[out.count - 1] = ParseProblem(line: last.line, message: "\(surplus + 1) further problems")
        }
        return out
    }
}
