// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Version 6: hits of the past that a rebuild has found in their files and nothing refers to. Sixteen bytes a hit
    /// instead of the 77 of a row of `hit`, which is what live recording writes, and what a delivery or an item needs.
    ///
    /// `id`: the first 64 bits of the hit's 80, as in the index files; ids of another shape have a row of `hit` always.
    /// `day`: that of the hit file, where `KnownHitSearch` finds the line once the hit needs a row. A hit is in one of
    /// the two tables.
    static let knownHits = """
        CREATE TABLE known_hit (
            id INTEGER PRIMARY KEY,
            day INTEGER NOT NULL
        );
        """
}
