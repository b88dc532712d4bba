// SPDX-License-Identifier: Apache-2.0

/// Turns a document in any encoding into UTF-8.
enum Transcoder {
    /// A document as UTF-8, and where bytes did not fit (offsets in it, the first 100).
    struct Result: Sendable {
        var bytes: [UInt8]
        var misfits: [Int] = []
    }

    /// The document in UTF-8; nil if the encoding is unknown.
    static func utf8(_ source: [UInt8], from encoding: String) -> Result? {
        switch encoding {
        case "utf-16le": return utf16(source, isBigEndian: false)
        case "utf-16be": return utf16(source, isBigEndian: true)
        case "utf-32le": return utf32(source, isBigEndian: false)
        case "utf-32be": return utf32(source, isBigEndian: true)
        case "hz-gb-2312":
            return Iconv.utf8(eightBit(hz: source), from: "GBK").map {
                Result(bytes: $0.bytes, misfits: $0.misfits)
            }
        default: break
        }
        if let table = singleByteTable(encoding) { return singleByte(source, table) }
        return Iconv.utf8(source, from: iconvNames[encoding] ?? encoding)
            .map { Result(bytes: $0.bytes, misfits: $0.misfits) }
    }

    /// What each byte stands for; nil for encodings of more than one byte.
    static func singleByteTable(_ encoding: String) -> [UInt32?]? {
        if encoding == "windows-1252" {
            return (0..<256).map { (byte: Int) -> UInt32? in
                byte >= 0x80 && byte < 0xA0 ? NumericReference.windows1252[byte - 0x80] : UInt32(byte)
            }
        }
        if encoding == "x-user-defined" {
            return (0..<256).map { (byte: Int) -> UInt32? in UInt32(byte < 0x80 ? byte : 0xF700 + byte) }
        }
        let isSingleByte = ["windows-", "iso-8859-", "koi8-", "macintosh", "x-mac-", "ibm8", "cp4", "cp8", "tis-"]
            .contains { encoding.hasPrefix($0) }
        guard isSingleByte, var table = Iconv.table(iconvNames[encoding] ?? encoding), table[0x3C] == 0x3C else {
            return nil
        }
        // The Encoding Standard fills the gaps of 0x80–0x9F with the C1 controls.
        for byte in 0x80..<0xA0 where table[byte] == nil { table[byte] = UInt32(byte) }
        return table
    }

    /// glibc's names for the Encoding Standard's, where they differ or a superset is meant.
    private static let iconvNames: [String: String] = [
        "gbk": "GB18030", "gb18030": "GB18030", "big5": "BIG5-HKSCS", "shift_jis": "CP932", "euc-jp": "EUC-JP-MS",
        "euc-kr": "UHC", "iso-2022-jp": "ISO-2022-JP-3", "macintosh": "MACINTOSH", "x-mac-cyrillic": "MAC-CYRILLIC",
        "iso-8859-8-i": "ISO-8859-8", "ibm866": "IBM866", "windows-874": "CP874", "windows-1250": "CP1250",
        "windows-1251": "CP1251", "windows-1253": "CP1253", "windows-1254": "CP1254", "windows-1255": "CP1255",
        "windows-1256": "CP1256", "windows-1257": "CP1257", "windows-1258": "CP1258",
    ]

    private static func singleByte(_ source: [UInt8], _ table: [UInt32?]) -> Result {
        var result = Result(bytes: [])
        result.bytes.reserveCapacity(source.count + source.count / 2)
        var index = 0
        while index < source.count {
            let start = index
            while index < source.count, source[index] < 0x80 { index += 1 }
            result.bytes.append(contentsOf: source[start..<index])
            guard index < source.count else { break }
            if let scalar = table[Int(source[index])] {
                result.bytes.append(scalar: scalar)
            } else {
                if result.misfits.count < 100 { result.misfits.append(result.bytes.count) }
                result.bytes.append(scalar: 0xFFFD)
            }
            index += 1
        }
        return result
    }

    private static func utf16(_ source: [UInt8], isBigEndian: Bool) -> Result {
        var result = Result(bytes: [])
        result.bytes.reserveCapacity(source.count)
        let (high, low) = isBigEndian ? (0, 1) : (1, 0)
        var index = 0
        func unit(_ index: Int) -> UInt32 { UInt32(source[index + high]) << 8 | UInt32(source[index + low]) }
        while index + 1 < source.count {
            let value = unit(index)
            index += 2
            if value & 0xF800 != 0xD800 {
                result.bytes.append(scalar: value)
            } else if value < 0xDC00, index + 1 < source.count, unit(index) & 0xFC00 == 0xDC00 {
                result.bytes.append(scalar: 0x10000 + (value & 0x3FF) << 10 + unit(index) & 0x3FF)
                index += 2
            } else {
                if result.misfits.count < 100 { result.misfits.append(result.bytes.count) }
                result.bytes.append(scalar: 0xFFFD)
            }
        }
        return result
    }

    private static func utf32(_ source: [UInt8], isBigEndian: Bool) -> Result {
        var result = Result(bytes: [])
        result.bytes.reserveCapacity(source.count / 2)
        var index = 0
        while index + 3 < source.count {
            var value: UInt32 = 0
            for offset in 0..<4 {
                value |= UInt32(source[index + offset]) << UInt32(8 * (isBigEndian ? 3 - offset : offset))
            }
            index += 4
            if Unicode.Scalar(value) != nil {
                result.bytes.append(scalar: value)
            } else {
                if result.misfits.count < 100 { result.misfits.append(result.bytes.count) }
                result.bytes.append(scalar: 0xFFFD)
            }
        }
        return result
    }

    /// HZ (RFC 1843) as EUC-CN: what stands between `~{` and `~}` gets its high bits.
    private static func eightBit(hz source: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(source.count)
        var isShifted = false
        var index = 0
        while index < source.count {
            let byte = source[index]
            let next = index + 1 < source.count ? source[index + 1] : 0
            if byte == UInt8(ascii: "~"), next == UInt8(ascii: "{") || next == UInt8(ascii: "}") {
                isShifted = next == UInt8(ascii: "{")
                index += 2
            } else if byte == UInt8(ascii: "~"), next == UInt8(ascii: "~") || next == 0x0A, !isShifted {
                if next != 0x0A { out.append(byte) }
                index += 2
            } else {
                out.append(isShifted && byte > 0x20 ? byte | 0x80 : byte)
                index += 1
            }
        }
        return out
    }
}
