// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension Store {
    /// Silences that have not ended, at most: each is looked at for every delivery that is bound.
    public static let maximumSilences = 1000
    /// How long an ended silence is kept, longer than the deliveries that name it.
    private static let keptAfterEnd: Duration = .seconds(400 * 86_400)

    /// The silences in force at `instant`, the oldest first (R11).
    public func activeSilences(at instant: Instant) throws(StoreError) -> [Silence] {
        try access { try SilenceTable.active(at: instant, $0) }
    }

    /// The silences that have not ended at `instant`, those to come included; and the ended ones where wanted.
    public func silences(
        includingExpired: Bool = false, at instant: Instant
    ) throws(StoreError) -> [Silence] {
        let start = includingExpired ? Instant(milliseconds: .min) : instant
        return try access { try SilenceTable.ending(after: start, $0) }
    }

    /// Stores a silence, durable on return (R11); false, and nothing is stored, where `maximumSilences` have not
    /// ended yet.
    @discardableResult
    public func addSilence(_ silence: Silence) throws(StoreError) -> Bool {
        try transaction { database in
            try SilenceTable.delete(endedBefore: silence.created - Self.keptAfterEnd, database)
            let count = try SilenceTable.count(endingAfter: silence.created, database)
            guard count < Self.maximumSilences else { return false }
            try SilenceTable.add(silence, database)
            return true
        }
    }

    /// Ends silences at `instant` and gives the ids that it knows: of one that had ended nothing changes. All or
    /// none: where an id is not known, nothing is ended. One transaction, durable on return.
    public func expireSilences(_ ids: [Silence.ID], at instant: Instant) throws(StoreError) -> [Silence.ID] {
        try transaction { database in
            let known = try ids.filter { try SilenceTable.silence($0, database) != nil }
            guard known.count == ids.count else { return known }
            for id in ids { try SilenceTable.expire(id, at: instant, database) }
            return known
        }
    }
}

extension StateReader {
    /// The silences that have not ended at `instant`, those to come included; and the ended ones where wanted.
    public func silences(
        includingExpired: Bool = false, at instant: Instant
    ) throws(StoreError) -> [Silence] {
        let start = includingExpired ? Instant(milliseconds: .min) : instant
        return try read { try SilenceTable.ending(after: start, $0) }
    }
}
