// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How far `Store.open` is with work that may take minutes (O10).
public struct OpeningProgress: Hashable, Sendable {
    /// What is done.
    public enum Work: Hashable, Sendable {
        /// The database is copied to `backup/` and brought to this version's schema (O41).
        case upgrade
        /// The whole database is looked through, since a page of it was found damaged (O38).
        case check
        /// What can be read of a damaged database is copied into a new one (O38).
        case salvage
        /// The index over the hits is made anew from their files (O38).
        case index
    }

    /// What is done.
    public var work: Work
    /// How much of it is done, 0 to 1; nil where nobody can say.
    public var share: Double?
    /// The bytes that it reads and writes, where nobody can say how much is done.
    public var bytes: Int

    /// A step of some work.
    public init(_ work: Work, share: Double? = nil, bytes: Int = 0) {
        self.work = work
        self.share = share
        self.bytes = bytes
    }
}

/// Hears of long work while the store is opened: often, and from the thread that opens it.
public typealias OpeningReport = @Sendable (OpeningProgress) -> Void

/// What files take.
enum FileSize {
    /// The bytes of a file; nil where there is none, with the reason in `errno`.
    static func find(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The bytes of a file; 0 where there is none.
    static func of(_ path: String) -> Int { find(path) ?? 0 }
}
