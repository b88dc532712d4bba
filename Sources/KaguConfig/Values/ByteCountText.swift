// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How sizes are written: a whole number with its unit, `64MiB`.
enum ByteCountText {
    /// Why a text is no size.
    enum Mistake: Error {
        case missingUnit, malformed
    }

    private static let units: [(name: String, shift: Int)] = [
        ("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0),
    ]

    /// Reads a size of up to 8,000 TiB; the units' case counts, `MB` and `M` are refused as ambiguous.
    static func parse(_ text: String) throws(Mistake) -> ByteCount {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int(digits) else { throw .malformed }
        let name = text.dropFirst(digits.count)
        if name.isEmpty { throw .missingUnit }
        guard let unit = units.first(where: { $0.name == name }), number <= (8000 << 40) >> unit.shift
        else { throw .malformed }
        return ByteCount(bytes: number << unit.shift)
    }
}
