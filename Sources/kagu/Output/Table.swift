// SPDX-License-Identifier: Apache-2.0

/// Rows in aligned columns, cut to the width of the terminal (O19, `-o table`).
struct Table {
    /// The names of the columns.
    let header: [String]
    /// The cells, already safe to look at (`VisibleText`).
    private(set) var rows: [[String]] = []
    /// The columns that give way when the table is too wide, the first one first.
    var flexible: [Int] = []
    /// The columns of numbers, whose ends lie below one another.
    var numeric: Set<Int> = []

    private let gap = 2
    private let leastFlexibleWidth = 12

    /// A table without rows.
    init(header: [String], flexible: [Int] = [], numeric: Set<Int> = []) {
        self.header = header
        self.flexible = flexible
        self.numeric = numeric
    }

    /// Adds a row with a cell for every column.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Header and rows, one string a line; `columns` nil leaves every cell whole. No trailing spaces.
    func lines(columns: Int?) -> [String] {
        let widths = widths(fitting: columns)
        return ([header] + rows).map { cells in
            var line = ""
            for (index, cell) in cells.enumerated() {
                let text = DisplayWidth.cut(cell, to: widths[index])
                let space = String(repeating: " ", count: widths[index] - DisplayWidth.of(text))
                line += numeric.contains(index) ? space + text : text + space
                guard index < cells.count - 1 else { break }
                line += String(repeating: " ", count: gap)
            }
            let whole = String(line.reversed().drop { $0 == " " }.reversed())
            // On a terminal that is narrower than what does not give way.
            return columns.map { DisplayWidth.cut(whole, to: $0) } ?? whole
        }
    }

    private func widths(fitting columns: Int?) -> [Int] {
        var widths = header.indices.map { index in
            ([header] + rows).map { DisplayWidth.of($0[index]) }.max() ?? 0
        }
        guard let columns else { return widths }
        for index in flexible {
            let excess = widths.reduce(0, +) + gap * (widths.count - 1) - columns
            guard excess > 0 else { break }
            widths[index] = max(min(widths[index], leastFlexibleWidth), widths[index] - excess)
        }
        return widths
    }
}
