// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguBytes
import KaguModel

/// Finds the lines of hits of which only their day is known: by the ids in the day's index files, else in the hit files.
///
/// Confined to one transaction, on the store's queue; so what it reads has a limit.
struct KnownHitSearch {
    /// What became of a search.
    enum Outcome: Hashable {
        case found(Hit, HitLocation)
        /// The line that is there has the same 64 bits, and another id.
        case another
        /// It is not there, or would take too long to find.
        case lost
    }

    /// What one search reads in all: a tenth of a second.
    static let maximumBytes = 64 << 20
    /// How much more a byte of a compressed file costs.
    private static let compressedShare = 8

    private let hits: String
    private var bytesLeft: Int
    /// The ids of the index files that have been asked; none of a file without an index.
    private var columns: [HitFileName: [UInt64]] = [:]
    private var files: [CivilDate: [HitFileName]]?

    /// A search in the hit files at `hits`.
    init(hits: String, limit: Int = maximumBytes) {
        self.hits = hits
        bytesLeft = limit
    }

    /// Looks for the line of a hit among those of a day.
    mutating func find(_ id: String, on day: CivilDate) -> Outcome {
        let files = self.files ?? Dictionary(grouping: HitFileName.list(in: hits), by: \.day)
        self.files = files
        var outcome = Outcome.lost
        for name in files[day] ?? [] {
            switch find(id, in: name) {
            case .found(let hit, let location): return .found(hit, location)
            case .another: outcome = .another
            case .lost: break
            }
        }
        return outcome
    }

    private mutating func find(_ id: String, in name: HitFileName) -> Outcome {
        guard let reader = LineReader("\(hits)/\(name)") else { return .lost }
        if let index = HitIndexFiles(hits: hits).open(name, of: reader), let ids = ids(of: index, name) {
            let key = IdentityKey.of(id, length: 18)
            var outcome = Outcome.lost
            var isProved = true
            for line in ids.indices where ids[line] == key {
                // A row that the line does not prove is no evidence.
                guard var rows = IndexRows(index), let place = rows.places(of: [line])?.first,
                    let found = read(reader, place, in: name)
                else {
                    isProved = false
                    continue
                }
                if found.hit.id == id { return .found(found.hit, found.location) }
                outcome = .another
            }
            if isProved, reader.endsWhole(at: index.coveredBytes) { return outcome }
        }
        return scan(id, name, reader)
    }

    private mutating func ids(of index: HitIndex, _ name: HitFileName) -> [UInt64]? {
        if let ids = columns[name] { return ids.isEmpty ? nil : ids }
        let ids = take(index.lines * 8) ? index.ids(0..<index.lines) ?? [] : []
        columns[name] = ids
        return ids.isEmpty ? nil : ids
    }

    private func read(
        _ reader: borrowing LineReader, _ place: IndexedPlace, in name: HitFileName
    ) -> (hit: Hit, location: HitLocation)? {
        let line = LineReader.Line(offset: place.start, bytes: reader.bytes(place.start..<place.end)[...])
        let location = HitLocation(line, in: name)
        guard location.crc == place.checksum, case .hit(let hit) = HitLine(line.bytes, decoder: JSONDecoder())
        else {
            return nil
        }
        return (hit, location)
    }

    /// Reads the file, where that is no more than may be read.
    private mutating func scan(_ id: String, _ name: HitFileName, _ reader: borrowing LineReader) -> Outcome {
        guard take(reader.size * (reader.isCompressed ? Self.compressedShare : 1)) else { return .lost }
        var outcome = Outcome.lost
        let wanted = Array(id.utf8)
        let decoder = JSONDecoder()
        reader.forward(0..<reader.size) { line in
            // As our writer begins a line; any other is decoded.
            let isOther = line.bytes.withUnsafeBytes { bytes in
                var cursor = LineCursor(bytes)
                guard cursor.skip("{\"v\":1,\"id\":\""), let found = cursor.string() else { return false }
                return !bytes[found].elementsEqual(wanted)
            }
            guard !isOther, case .hit(let hit) = HitLine(line.bytes, decoder: decoder), hit.id == id else {
                return true
            }
            outcome = .found(hit, HitLocation(line, in: name))
            return false
        }
        return outcome
    }

    private mutating func take(_ bytes: Int) -> Bool {
        guard bytes <= bytesLeft else { return false }
        bytesLeft -= bytes
        return true
    }
}
