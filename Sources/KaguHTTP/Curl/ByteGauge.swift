// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts the bytes that all transfers of a client hold (`http.max_bodies`, S6); read from anywhere.
final class ByteGauge: Sendable {
    private let count = Atomic(0)

    /// Bytes held now.
    var bytes: Int { count.load(ordering: .relaxed) }

    /// Counts bytes that arrived.
    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }

    /// Counts bytes that were handed over or dropped.
    func subtract(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}
