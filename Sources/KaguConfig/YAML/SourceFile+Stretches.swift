// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension SourceFile {
    /// Where each stretch of a scalar's text stands in the file, so that a mistake in the midst of a folded or quoted
    /// expression is shown in its own line. `line` and `column` are those of the scalar.
    ///
    /// Folding changes white space only and quoting adds signs only, so the text's other scalars follow each other in
    /// the file too; what does not (`"\u0040"`) ends the search, and the last stretch counts for the rest.
    func stretches(of text: String, line: Int, column: Int) -> [ExpressionSource.Stretch] {
        let wanted = Array(text.unicodeScalars)
        var stretches: [ExpressionSource.Stretch] = []
        var at = 0
        var number = line
        var begin = column
        while at < wanted.count, number >= 1, number <= lines.count {
            let source = Array(lines[number - 1].unicodeScalars)
            var place = max(0, begin - 1)
            var continues = false
            while place < source.count {
                while at < wanted.count, wanted[at].properties.isWhitespace, !continues { at += 1 }
                guard at < wanted.count else { return stretches }
                if source[place] == wanted[at] {
                    if !continues {
                        stretches.append(
                            ExpressionSource.Stretch(
                                offset: at, location: location(number, place + 1), line: String(lines[number - 1])))
                    }
                    continues = true
                    at += 1
                } else {
                    continues = false
                }
                place += 1
            }
            number += 1
            begin = 1
        }
        return stretches
    }
}
