// SPDX-License-Identifier: Apache-2.0

/// Searches for the ends of markup that remember what they found: a place that lies ahead is not looked for again, and
/// neither is one that does not exist, so that hostile input costs linear time.
struct ForwardSearches: Sendable {
    enum Mark: Int, CaseIterable, Sendable {
        case commentEnd, cdataEnd, instructionEnd, tagEnd, doubleQuote, singleQuote

        var text: StaticString {
            switch self {
            case .commentEnd: "-->"
            case .cdataEnd: "]]>"
            case .instructionEnd: "?>"
            case .tagEnd: ">"
            case .doubleQuote: "\""
            case .singleQuote: "'"
            }
        }
    }

    /// For each mark the last place found (`Int.max` for none ahead) and where that search began.
    private var found = [(from: Int, place: Int)](repeating: (0, -1), count: Mark.allCases.count)

    /// The first place of a mark at or after `start`.
    mutating func find(_ mark: Mark, in bytes: [UInt8], from start: Int) -> Int? {
        let known = found[mark.rawValue]
        if known.place >= start {
            // Between `from` and `place` there is none; only what lies before needs a look.
            if start < known.from,
                let place = bytes.find(
                    mark.text, from: start, to: known.from + mark.text.utf8CodeUnitCount - 1)
            {
                return place
            }
            return known.place == Int.max ? nil : known.place
        }
        let place = bytes.find(mark.text, from: start, to: bytes.count)
        found[mark.rawValue] = (start, place ?? Int.max)
        return place
    }
}
