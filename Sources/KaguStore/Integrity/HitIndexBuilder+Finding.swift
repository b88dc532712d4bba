// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

extension HitIndexBuilder {
    /// What a line turned out to be.
    enum Finding: Hashable {
        /// A hit, with the first 64 bits of its id where that is in the form of `HitIdentity`.
        case hit(UInt64?)
        case newer
        case bad
    }

    /// Adds a line, and tells what it turned out to be.
    mutating func take(_ line: ArraySlice<UInt8>, decoder: JSONDecoder) -> Finding {
        let (hits, hadPlainIDs) = (hits, hasPlainIDs)
        add(line)
        guard self.hits > hits else {
            if case .newer = HitLine(line, decoder: decoder) { return .newer }
            return .bad
        }
        if hasPlainIDs { return .hit(ids.last) }
        // The first odd id of the file; behind it each has to be looked at.
        guard !hadPlainIDs, case .hit(let hit) = HitLine(line, decoder: decoder) else { return .hit(nil) }
        return .hit(KnownHitTable.key(of: hit.id).map { UInt64(bitPattern: $0) })
    }
}
