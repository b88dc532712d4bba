// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// `store:`
public struct StoreSettings: Hashable, Sendable {
    /// The state directory (`store.dir`).
    public var directory: String = "/var/lib/kagu"
    /// Free space below which polling stops (O36).
    public var minimumFree: ByteCount = .mebibytes(64)
    /// Age from which sealed day files are compressed; nil: never.
    public var compressAfter: Duration?
    /// How long hits are kept.
    public var hitRetention: HitRetention = .forever
    /// How long the item archive is kept; zero keeps none.
    public var itemRetention: Duration = .seconds(30 * 86_400)

    /// Every key at its default.
    public init() {}

    /// How long hits are kept (O42).
    public enum HitRetention: Hashable, Sendable {
        /// Without end.
        case forever
        /// Whole days of that age are removed.
        case age(Duration)
        /// The oldest days are removed above that size.
        case size(ByteCount)
    }
}
