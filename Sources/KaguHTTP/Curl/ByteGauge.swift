// SPDX-License-Identifier: Apache-2.0

/// Confined to the queue of its client. Counts the bytes that all transfers hold (`http.max_bodies`, S6).
final class ByteGauge {
    /// Bytes held now.
    private(set) var bytes = 0

    /// Counts bytes that arrived.
    func add(_ count: Int) { bytes += count }

    /// Counts bytes that were handed over or dropped.
    func subtract(_ count: Int) { bytes -= count }
}
