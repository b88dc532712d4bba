// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The words that one member of a hit line may have, as bytes: a line with another one is no hit.
struct OurWords {
    static let classes = OurWords(SourceClass.self)
    static let severities = OurWords(Severity.self)
    static let fields = OurWords(Mention.Field.self)
    static let states = OurWords(Mention.State.self)

    private let words: [[UInt8]]

    private init<Word: CaseIterable & RawRepresentable>(_: Word.Type) where Word.RawValue == String {
        words = Word.allCases.map { Array($0.rawValue.utf8) }
    }

    /// Whether a range of a line is one of them, letter by letter.
    @inline(__always)
    func holds(_ line: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let base = line.baseAddress else { return false }
        return words.contains { $0.count == range.count && memcmp($0, base + range.lowerBound, range.count) == 0 }
    }
}
