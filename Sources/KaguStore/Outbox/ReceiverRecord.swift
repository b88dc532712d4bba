// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A receiver's row: its health, which survives a restart (D10).
public struct ReceiverRecord: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// How it stands.
    public var health: ReceiverHealth

    /// A receiver's row; by default one without trouble.
    public init(_ name: String, _ health: ReceiverHealth = ReceiverHealth()) {
        self.name = name
        self.health = health
    }
}
