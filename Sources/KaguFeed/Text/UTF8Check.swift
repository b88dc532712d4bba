// SPDX-License-Identifier: Apache-2.0

/// How much of a byte sequence is UTF-8.
struct UTF8Check: Sendable, Equatable {
    /// Well-formed sequences of two to four bytes; only "some" is said of bytes without strays.
    var sequences = 0
    /// Bytes past ASCII that belong to none.
    var strays = 0
    /// Bytes of an unfinished sequence at the very end.
    var cutBytes = 0

    /// Only ASCII.
    var isASCII: Bool { sequences == 0 && strays == 0 && cutBytes == 0 }
    /// UTF-8 with at least one sequence; a cut last one is tolerated.
    var isValid: Bool { sequences > 0 && strays == 0 }

    /// Surveys all bytes.
    static func survey(_ bytes: [UInt8]) -> UTF8Check {
        switch UTF8Form.of(bytes, 0..<bytes.count) {
        case .ascii: return UTF8Check()
        case .multibyte: return UTF8Check(sequences: 1)
        case .other: break
        }
        return bytes.withUnsafeBufferPointer { buffer in
            var check = UTF8Check()
            var index = 0
            while index < buffer.count {
                if buffer[index] < 0x80 {
                    index += 1
                    continue
                }
                let (width, isCut) = width(buffer, at: index)
                if width > 0 {
                    check.sequences += 1
                    index += width
                } else if isCut {
                    check.cutBytes = buffer.count - index
                    break
                } else {
                    check.strays += 1
                    index += 1
                }
            }
            return check
        }
    }

    /// The width of the well-formed sequence at a place (Unicode, table 3-7); 0 if there is none, and whether one is
    /// cut by the end.
    static func width(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (width: Int, isCut: Bool) {
        let lead = bytes[index]
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        let width: Int
        switch lead {
        case 0xC2...0xDF: width = 2
        case 0xE0: (width, low) = (3, 0xA0)
        case 0xED: (width, high) = (3, 0x9F)
        case 0xE1...0xEF: width = 3
        case 0xF0: (width, low) = (4, 0x90)
        case 0xF4: (width, high) = (4, 0x8F)
        case 0xF1...0xF3: width = 4
        default: return (0, false)
        }
        for offset in 1..<width {
            guard index + offset < bytes.count else { return (0, true) }
            let byte = bytes[index + offset]
            if offset == 1 ? byte < low || byte > high : byte & 0xC0 != 0x80 { return (0, false) }
        }
        return (width, false)
    }
}
