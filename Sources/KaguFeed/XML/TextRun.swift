// SPDX-License-Identifier: Apache-2.0

/// Some bytes of a document or of a decoded text, not copied.
struct TextRun: Sendable {
    let bytes: [UInt8]
    let range: Range<Int>

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    init(_ bytes: [UInt8]) { self.init(bytes, 0..<bytes.count) }

    var slice: ArraySlice<UInt8> { bytes[range] }

    /// Whether a byte occurs.
    func contains(_ byte: UInt8) -> Bool {
        bytes.find(byte, from: range.lowerBound, to: range.upperBound) != nil
    }
}
