// SPDX-License-Identifier: Apache-2.0

import CZlib

/// CRC-32C (Castagnoli polynomial, reflected, as in RFC 3720 appendix B.4): the checksum of a hit line.
public enum CRC32C {
    /// The checksum of `bytes`.
    public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        // Over a buffer: through a generic iterator each byte would cost two calls.
        bytes.withContiguousStorageIfAvailable { sum(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes(sum)
    }

    private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard hasInstruction, let base = bytes.baseAddress else { return portableSum(bytes) }
        return ~kagu_crc32c(0xFFFF_FFFF, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// Whether the processor does it, five times as fast as tables.
    private static let hasInstruction = kagu_has_crc32c() != 0

    /// Without an instruction for it: eight bytes at a time ("slicing by 8", Kounavis and Berry, Intel 2005): a byte's sum with seven zero bytes behind
    /// it stands in the seventh table, so that the eight sums do not wait for each other.
    static func portableSum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var crc: UInt32 = 0xFFFF_FFFF
            var index = 0
            while index + 8 <= bytes.count {
                let word =
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
                var next: UInt32 = 0
                for place in 0..<8 {
                    next ^= tables[(7 - place) << 8 | Int(truncatingIfNeeded: word >> UInt64(place * 8)) & 0xFF]
                }
                crc = next
                index += 8
            }
            while index < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
            return ~crc
        }
    }

    /// Eight tables of 256 sums: of a byte, and of it with one to seven zero bytes behind it.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 1 ? (value >> 1) ^ 0x82F6_3B78 : value >> 1
            }
        }
        for place in 256..<2048 {
            let before = tables[place - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()
}
