// SPDX-License-Identifier: Apache-2.0

/// What was found in a document, and which watches fire only because of one spelling of an entity (M54).
public struct MatchReliance: Hashable, Sendable {
    /// What was found.
    public var result: MatchResult
    /// The ids of the watches that would not fire if no alias of the entity were spelled like this one, in whatever
    /// language; spellings without any are absent.
    public var watches: [AliasPlace: [String]]
}

extension Matcher {
    /// As `match`, of a document that has been read, and what each spelling alone brings. `isWanted` leaves out
    /// aliases that are not asked for, given what was found: each costs a second judgement of what was found, though
    /// no second reading of the text.
    public func matchWithReliance(
        _ reading: DocumentReading, on isWanted: (AliasPlace, MatchResult) -> Bool
    ) -> MatchReliance {
        let match = DocumentMatch(compiled, reading)
        return match.runWithReliance(on: isWanted)
    }
}
