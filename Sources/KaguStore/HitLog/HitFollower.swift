// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// Follows the hit files as they grow: across the change of day, a failed sync's next file and restarts of the
/// daemon (`kagu hits -f`, O18). The caller asks again every so often; nothing blocks but the files.
public struct HitFollower: Sendable {
    /// The last hits before following began, oldest first.
    public let initial: [FoundHit]

    private let path: String
    private let query: HitQuery
    /// Where the next line begins; nil before there is any file.
    private var position: (file: HitFileName, offset: Int)?
    /// Ids given of the day, so that a batch that was written anew is not given twice (O37).
    private var given: Set<String> = []

    /// Begins behind the present last line; `last` hits before it are read into `initial`.
    public init(directory: String, query: HitQuery, last: Int = 10) {
        path = StateDirectory(directory).hits
        var query = query
        query.until = nil
        query.newestFirst = false
        query.takesLast = true
        query.limit = last
        // Position first: what is written between the two is then given once, by `given`.
        if let file = HitFileName.list(in: path).last, let reader = LineReader("\(path)/\(file)") {
            position = (file, reader.endOfWholeLines(before: reader.size))
        }
        var found: [FoundHit] = []
        HitReader(directory: directory).read(query) { hit in
            found.append(hit)
            return true
        }
        initial = found
        given = Set(found.map(\.hit.id))
        query.limit = nil
        self.query = query
    }

    /// The hits whose lines were added since the last call, in order.
    public mutating func next() -> [FoundHit] {
        var found: [FoundHit] = []
        var pass = HitPass(query: query)
        let decoder = pass.decoder
        for file in HitFileName.list(in: path) where position.map({ file >= $0.file }) ?? true {
            guard let reader = LineReader("\(path)/\(file)") else { continue }
            let start = position.flatMap { $0.file == file ? $0.offset : nil } ?? 0
            if let position, position.file.day < file.day { given = [] }
            pass.begin(file.day, mayRepeat: false)
            let end = reader.forward(min(start, reader.size)..<reader.size) { line in
                pass.take(line) { accepted in
                    guard let hit = accepted.hit(decoder), given.insert(hit.id).inserted else { return true }
                    found.append(FoundHit(hit: hit, line: accepted.bytes))
                    return true
                }
            }
            position = (file, end)
        }
        return found
    }
}
