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

    private struct Place {
        var from = 0
        var place = -1
    }

    /// For each mark the last place found (`Int.max` for none ahead) and where that search began.
    private var found = InlineArray<6, Place>(repeating: Place())
    /// Where all searches end.
    private let end: Int

    /// Searches up to `end`.
    init(to end: Int) { self.end = end }

    /// The first place of a mark at or after `start`.
    mutating func find(_ mark: Mark, in bytes: [UInt8], from start: Int) -> Int? {
        let known = found[mark.rawValue]
        if known.place >= start {
            // Between `from` and `place` there is none; only what lies before needs a look.
            if start < known.from,
                let place = bytes.find(
                    mark.text, from: start, to: min(known.from + mark.text.utf8CodeUnitCount - 1, end))
            {
                return place
            }
            return known.place == Int.max ? nil : known.place
        }
        let place = bytes.find(mark.text, from: start, to: end)
        found[mark.rawValue] = Place(from: start, place: place ?? Int.max)
        return place
    }
}
