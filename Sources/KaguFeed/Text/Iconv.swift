// SPDX-License-Identifier: Apache-2.0

import Glibc

/// glibc's character set conversion. Confined to one conversion: a descriptor is opened, used and closed in one call.
enum Iconv {
    /// Whether glibc converts from an encoding.
    static func knows(_ name: String) -> Bool {
        guard let descriptor = open(name) else { return false }
        iconv_close(descriptor)
        return true
    }

    /// The UTF-8 form of `source`, with U+FFFD for each byte that does not fit, and where these stand in the output (the
    /// first 100); nil if glibc does not know the encoding.
    static func utf8(_ source: [UInt8], from encoding: String) -> (bytes: [UInt8], misfits: [Int])? {
        guard let descriptor = open(encoding) else { return nil }
        defer { iconv_close(descriptor) }
        var out: [UInt8] = []
        out.reserveCapacity(source.count + source.count / 2)
        var misfits: [Int] = []
        var input = source
        var chunk = [UInt8](repeating: 0, count: 65_536)
        input.withUnsafeMutableBytes { inputBytes in
            chunk.withUnsafeMutableBytes { chunkBytes in
                var next = inputBytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                var left = inputBytes.count
                var isFlushing = left == 0
                while true {
                    var target = chunkBytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                    var room = chunkBytes.count
                    let result =
                        isFlushing
                        ? iconv(descriptor, nil, nil, &target, &room)
                        : iconv(descriptor, &next, &left, &target, &room)
                    let failure = result == Int.max.magnitude * 2 + 1 ? errno : 0
                    out.append(contentsOf: chunkBytes[0..<chunkBytes.count - room])
                    switch failure {
                    case 0 where isFlushing: return
                    case 0: isFlushing = true
                    case E2BIG: continue
                    case EILSEQ where !isFlushing && left > 0:
                        if misfits.count < 100 { misfits.append(out.count) }
                        out.append(scalar: 0xFFFD)
                        next = next?.advanced(by: 1)
                        left -= 1
                    default:
                        // An unfinished sequence at the end.
                        return
                    }
                }
            }
        }
        // glibc passes code points beyond Unicode's through from a few encodings of its own.
        if UTF8Form.of(out, 0..<out.count) == .other { out = Array(String(decoding: out, as: UTF8.self).utf8) }
        return (out, misfits)
    }

    /// What each byte stands for in a single-byte encoding; nil where the encoding has a gap.
    static func table(_ encoding: String) -> [UInt32?]? {
        guard let descriptor = open(encoding) else { return nil }
        defer { iconv_close(descriptor) }
        return (0..<256).map { value in
            var input = CChar(bitPattern: UInt8(value))
            var output: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
            return withUnsafeMutablePointer(to: &input) { source in
                withUnsafeMutableBytes(of: &output) { buffer -> UInt32? in
                    var next: UnsafeMutablePointer<CChar>? = source
                    var left = 1
                    var target = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                    var room = 4
                    iconv(descriptor, nil, nil, nil, nil)
                    guard iconv(descriptor, &next, &left, &target, &room) == 0, left == 0 else { return nil }
                    // A letter that an accent may follow is held back.
                    if room == 4 { iconv(descriptor, nil, nil, &target, &room) }
                    guard room < 4 else { return nil }
                    return String(decoding: buffer[0..<4 - room], as: UTF8.self).unicodeScalars.first?.value
                }
            }
        }
    }

    private static func open(_ encoding: String) -> iconv_t? {
        let descriptor = iconv_open("UTF-8", encoding)
        return Int(bitPattern: descriptor) == -1 ? nil : descriptor
    }
}
