// SPDX-License-Identifier: Apache-2.0

/// How the store's storage stands (O36, O37, O40): what STATUS, journal and scheduler ask.
public struct StorageState: Hashable, Sendable {
    /// Why no poll is stored; nil while all is well.
    public internal(set) var problem: StoreError?
    /// Whether the database turned out to be damaged: the next start rebuilds it (O38), this process cannot.
    public internal(set) var needsRestart = false
    /// Bytes that a user without privileges may still write; nil where the file system does not tell.
    public internal(set) var freeBytes: Int?
    /// Whether the reserve is there for acknowledgements to come (O36).
    public internal(set) var isReserveHeld = false

    /// Storage of which nothing is known yet, and nothing bad.
    public init() {}

    init(freeBytes: Int?, isReserveHeld: Bool) {
        self.freeBytes = freeBytes
        self.isReserveHeld = isReserveHeld
    }

    /// Whether polls may start.
    public var takesPolls: Bool { problem == nil }
}

/// What the store needs of its file system (`store.min_free`).
public struct StorageLimits: Hashable, Sendable {
    /// With fewer free bytes polling stops (O36).
    public var minimumFree: Int

    /// 64 MiB, unless told otherwise.
    public init(minimumFree: Int = 64 << 20) { self.minimumFree = minimumFree }

    /// What must be free for polls to begin: the reserve too.
    public var neededAtStart: Int { minimumFree + SpaceReserve.bytes }

    /// The bytes that a user without privileges may still write where `path` lies; nil where the file system does not tell.
    public static func freeBytes(at path: String) -> Int? { SpaceReserve.freeBytes(beside: path + "/.") }
}
