// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import KaguModel

/// Follows the hit files as they grow: across the change of day, a failed sync's next file and restarts of the
/// daemon (`kagu hits -f`, O18). The caller asks again every so often; nothing blocks but the files.
///
/// A poll that ended before midnight is stored after it, in the file of the day before: each file of the last days is
/// followed, not only the newest. What the daemon cuts off again after a failed write is noticed, even where other lines
/// have grown over its place meanwhile: no line is begun in its middle, and none is left out.
public struct HitFollower: Sendable {
    /// Files of so many days before the newest are looked at.
    static let followedDays = 2

    /// The last hits before following began, oldest first.
    public let initial: [FoundHit]
    /// Files that could not be read at the last look, in order.
    public private(set) var unreadable: [UnreadableHitFile]

    private let path: String
    private let query: HitQuery
    /// Where the next line of each file begins.
    private var places: [HitFileName: Place] = [:]
    /// Ids given, by day, so that a batch that was written anew is not given twice (O37).
    private var given: [CivilDate: Set<String>] = [:]

    /// How far a file has been read, and what it was then.
    private struct Place {
        /// Where following began.
        var floor = 0
        var trail = LineTrail(at: 0)
        /// Nil where it must be looked at again.
        var stamp: FileStamp?
    }

    /// Begins behind the present last lines; `last` hits before them are read into `initial`.
    public init(directory: String, query: HitQuery, last: Int = 10) {
        path = StateDirectory(directory).hits
        var query = query
        query.until = nil
        query.newestFirst = false
        query.takesLast = true
        query.limit = last
        // Places first: what is written between the two is then given once, by `given`.
        for file in Self.recent(HitFileName.list(in: path)) {
            guard let reader = LineReader("\(path)/\(file)") else { continue }
            let trail = LineTrail(endOf: reader)
            places[file] = Place(floor: trail.end, trail: trail)
        }
        var found: [FoundHit] = []
        let summary = HitReader(directory: directory).read(query) { hit in
            found.append(hit)
            return true
        }
        initial = found
        unreadable = summary.unreadable
        given = Dictionary(grouping: found.map(\.hit), by: \.seen.day).mapValues { Set($0.map(\.id)) }
        query.limit = nil
        self.query = query
    }

    /// The hits whose lines were added since the last call, in order of their files.
    public mutating func next() -> [FoundHit] {
        var found: [FoundHit] = []
        let files = Self.recent(HitFileName.list(in: path))
        let days = Set(files.map(\.day))
        given = given.filter { days.contains($0.key) }
        unreadable = []
        for file in files {
            // Nothing was added to a file that is as it was.
            let stamp = FileStamp("\(path)/\(file)")
            if let stamp, places[file]?.stamp == stamp { continue }
            do throws(StoreError) {
                guard let reader = try LineReader.open("\(path)/\(file)") else { continue }
                var place = places[file] ?? Place()
                read(reader, file.day, &place, into: &found)
                place.stamp = reader.problem == nil ? stamp : nil
                places[file] = place
                if let problem = reader.problem { unreadable.append(UnreadableHitFile(file, problem)) }
            } catch {
                unreadable.append(UnreadableHitFile(file, error))
            }
        }
        return found
    }

    private mutating func read(
        _ reader: borrowing LineReader, _ day: CivilDate, _ place: inout Place, into found: inout [FoundHit]
    ) {
        var trail = place.trail
        let start = trail.resume(in: reader, floor: place.floor)
        // What could not be read has not gone.
        guard reader.problem == nil else { return }
        var pass = HitPass(query: query)
        let decoder = pass.decoder
        pass.begin(day, mayRepeat: false)
        reader.forward(start..<reader.size) { line in
            trail.add(line)
            return pass.take(line) { accepted in
                guard let hit = accepted.hit(decoder), given[day, default: []].insert(hit.id).inserted else {
                    return true
                }
                found.append(FoundHit(hit: hit, line: accepted.bytes))
                return true
            }
        }
        place.trail = trail
    }

    /// Those of the newest day, and of the days before it.
    private static func recent(_ files: [HitFileName]) -> [HitFileName] {
        guard let newest = files.last?.day.daysSinceEpoch else { return [] }
        return files.filter { $0.day.daysSinceEpoch >= newest - followedDays }
    }
}

/// What tells that a file has changed without reading it.
private struct FileStamp: Hashable, Sendable {
    private let inode: UInt64
    private let bytes: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Of a file, or of the compressed one in its place; nil where neither is there.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 || stat(path + HitFileName.compressedSuffix, &status) == 0 else {
            return nil
        }
        inode = UInt64(status.st_ino)
        bytes = Int(status.st_size)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}
