// SPDX-License-Identifier: Apache-2.0

/// Whether bytes are UTF-8.
enum UTF8Check {
    /// Whether there is a byte below the space, which JSON does not allow within a line of ours.
    static func hasControls(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            guard (word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080 == 0 else { return true }
            index += 8
        }
        return bytes[index...].contains { $0 < 0x20 }
    }

    /// Makes no string; ASCII is passed eight bytes at a time.
    static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        guard index < bytes.count else { return true }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
        return rest.withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
    }
}
