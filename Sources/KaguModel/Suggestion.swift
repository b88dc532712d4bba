// SPDX-License-Identifier: Apache-2.0

/// "Did you mean": the valid word nearest to a mistyped one.
public enum Suggestion {
    /// The candidate within edit distance 2 (optimal string alignment: a swap of neighbours counts one) of
    /// `word`, the nearest first, ties in the order given; nil when none is that near. Case does not count.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().unicodeScalars)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates where candidate != word {
            let distance = editDistance(wanted, Array(candidate.lowercased().unicodeScalars), limit: 2)
            // Of a letter everything short is one edit away, of two letters two.
            if distance <= min(2, wanted.count / 2), distance < (best?.distance ?? 3) {
                best = (distance, candidate)
            }
        }
        return best?.candidate
    }

    /// `; did you mean "x"?` or an empty string, to be appended to a message.
    public static func clause(for word: String, among candidates: some Sequence<String>) -> String {
        nearest(to: word, among: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int) -> Int {
        guard abs(a.count - b.count) <= limit else { return limit + 1 }
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforePrevious[j - 1] + 1) }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[b.count]
    }
}
