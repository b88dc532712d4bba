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
    static func of(_ findings: [Finding], in fields: [Mention.Field]) -> Int {
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
    /// Tokens of the content, as a set of sentence numbers, that repeat a sentence of the summary.
    static func sentences(of content: FieldText, in summary: FieldText) -> Set<Int> {
        guard !content.tokens.isEmpty, !summary.tokens.isEmpty else { return [] }
        let told = sentences(summary).map { key(summary, $0) }
        let whole = Set(told)
        var repeated: Set<Int> = []
        for range in sentences(content) {
            let own = key(content, range)
            // A summary often ends in the middle of a sentence.
            let isCut = told.last.map { $0.count >= 20 && own.starts(with: $0) } ?? false
            if whole.contains(own) || isCut { repeated.insert(content.tokens[range.lowerBound].sentence) }
        }
        return repeated
    }

    private static func sentences(_ text: FieldText) -> [Range<Int>] {
        var out: [Range<Int>] = []
        var start = 0
        for index in text.tokens.indices.dropFirst() where text.tokens[index].sentence != text.tokens[start].sentence {
            out.append(start..<index)
            start = index
        }
        out.append(start..<text.tokens.count)
        return out
    }

    private static func key(_ text: FieldText, _ range: Range<Int>) -> [UInt32] {
        var key: [UInt32] = []
        for token in text.tokens[range] {
            for unit in text.units[token.units] { key.append(unit.strict) }
            key.append(0x20)
        }
        return key
    }
}
