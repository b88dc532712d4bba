// SPDX-License-Identifier: Apache-2.0

/// The lines that an expression may be about.
struct TextCandidates {
    /// All that fulfil it, and perhaps others.
    var lines: LineSet
    /// Whether there are no others.
    var isExact: Bool
}

extension TextIndex {
    /// The lines that an expression may be about: order, place and column of words are not in the index, and are left for
    /// the reader of the lines. Nil where the index is damaged.
    func candidates(_ query: TextQuery) -> TextCandidates? { candidates(query.root) }

    private func candidates(_ node: TextQuery.Node) -> TextCandidates? {
        switch node {
        case .phrase(let phrase): return candidates(phrase)
        case .near(let phrases, distance: _):
            var all: TextCandidates?
            for phrase in phrases {
                guard let one = candidates(phrase) else { return nil }
                if all == nil { all = one } else { all?.lines.formIntersection(one.lines) }
            }
            all?.isExact = false
            return all
        case .and(let left, let right):
            guard var both = candidates(left), let other = candidates(right) else { return nil }
            both.lines.formIntersection(other.lines)
            both.isExact = both.isExact && other.isExact
            return both
        case .or(let left, let right):
            guard var either = candidates(left), let other = candidates(right) else { return nil }
            either.lines.formUnion(other.lines)
            either.isExact = either.isExact && other.isExact
            return either
        case .not(let left, let right):
            guard var one = candidates(left), let other = candidates(right) else { return nil }
            // Of what may be about the right side only that is taken away which certainly is.
            if other.isExact { one.lines.subtract(other.lines) }
            one.isExact = one.isExact && other.isExact
            return one
        }
    }

    private func candidates(_ phrase: TextQuery.Phrase) -> TextCandidates? {
        var all: TextCandidates?
        for (place, word) in phrase.words.enumerated() {
            // Of a long word the index holds the beginning.
            let isCut = word.count >= TextIndexFormat.wordBytes
            let isPrefix = phrase.isPrefix && place == phrase.words.count - 1 || isCut
            guard let lines = lines(with: word.prefix(TextIndexFormat.wordBytes), isPrefix: isPrefix) else {
                return nil
            }
            let isExact = phrase.words.count == 1 && !phrase.isInitial && phrase.columns == .all && !isCut
            if all == nil {
                all = TextCandidates(lines: lines, isExact: isExact)
            } else {
                all?.lines.formIntersection(lines)
            }
        }
        return all
    }
}
