// SPDX-License-Identifier: Apache-2.0

/// One record of comma-separated values (RFC 4180), safe to open in a spreadsheet (O19).
enum CSVRow {
    /// The cells joined, each quoted where needed; ends with CR LF.
    static func line(_ cells: [String]) -> String {
        cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// A cell that a spreadsheet would read as a formula gets a leading apostrophe.
    static func cell(_ text: String) -> String {
        let guarded = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let value = guarded ? "'" + text : text
        // Scalars, not characters: CR LF is one character.
        guard value.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return value }
        var quoted = "\"".unicodeScalars
        for scalar in value.unicodeScalars {
            if scalar == "\"" { quoted.append("\"") }
            quoted.append(scalar)
        }
        quoted.append("\"")
        return String(quoted)
    }
}
