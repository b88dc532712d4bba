// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A mention as expressions see it: where it is, and what it may contribute.
struct Finding {
    var field: Mention.Field
    var first: Int
    var last: Int
    var weight: Int
    /// Repeats text of the summary (M38): found, but counts no second time.
    var isRepeated: Bool

    /// Whether it begins before another.
    func isBefore(_ other: Finding) -> Bool { (field.order, first) < (other.field.order, other.first) }
}

/// Fields of a document, one bit each.
struct FieldSet: OptionSet, Sendable {
    let rawValue: UInt8

    static let prose = FieldSet([.title, .summary, .content])

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ fields: [Mention.Field]) { rawValue = fields.reduce(0) { $0 | 1 << UInt8($1.order) } }

    func contains(_ field: Mention.Field) -> Bool { rawValue & (1 << UInt8(field.order)) != 0 }
}

/// Factors of the fields, doubled to stay whole (M38).
extension Mention.Field {
    var doubledFactor: Int {
        switch self {
        case .title: 4
        case .summary: 3
        case .content, .url, .author: 2
        }
    }
}

/// Sums of the best three mentions (M38).
enum Contribution {
    /// Weight × field factor of the best three findings in the fields given.
    static func of(_ findings: some Sequence<Finding>, in fields: FieldSet) -> Int {
        var best = (0, 0, 0)
        for finding in findings where !finding.isRepeated && fields.contains(finding.field) {
            let points = finding.weight * finding.field.doubledFactor
            if points > best.0 {
                best = (points, best.0, best.1)
            } else if points > best.1 {
                best = (best.0, points, best.1)
            } else if points > best.2 {
                best.2 = points
            }
        }
        return (best.0 + best.1 + best.2) / 2
    }
}

/// Finds the sentences of the content that the summary has already (M38).
enum Repetition {
    /// Numbers of the content's sentences that repeat one of the summary.
    static func sentences(of content: FieldText, in summary: FieldText) -> Set<Int> {
        guard !content.tokens.isEmpty, !summary.tokens.isEmpty else { return [] }
        let told = sentences(summary)
        let whole = Set(told.map { hash(summary, $0) })
        // A summary often ends in the middle of a sentence.
        let last = told.last.flatMap { $0.count >= 4 ? $0 : nil }
        let lastHash = last.map { hash(summary, $0) }
        var repeated: Set<Int> = []
        for range in sentences(content) {
            let isCut = last.map { range.count > $0.count } ?? false
            let cut = range.lowerBound..<min(range.upperBound, range.lowerBound + (last?.count ?? 0))
            if whole.contains(hash(content, range)) || (isCut && hash(content, cut) == lastHash) {
                repeated.insert(content.tokens[range.lowerBound].sentence)
            }
        }
        return repeated
    }

    private static func sentences(_ text: FieldText) -> [Range<Int>] {
        var out: [Range<Int>] = []
        var start = 0
        for index in text.tokens.indices.dropFirst()
        where text.tokens[index].sentence != text.tokens[start].sentence {
            out.append(start..<index)
            start = index
        }
        out.append(start..<text.tokens.count)
        return out
    }

    /// FNV-1a over the strict letters of a run of tokens.
    private static func hash(_ text: FieldText, _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for token in text.tokens[range] {
            for index in token.units { hash = (hash ^ UInt64(text.units[index].strict)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0x20) &* 0x100_0000_01B3
        }
        return hash
    }
}
