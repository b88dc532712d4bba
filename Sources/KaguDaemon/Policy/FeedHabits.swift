// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What is remembered of a feed's rhythm from poll to poll: its publisher's hints (P17) and its usual silences (H4).
/// Kept as one short text in `FeedRecord.gaps`.
///
/// The text is a list of words, each with its letter: `t` seconds between polls asked for, `h` and `d` skipped hours
/// and days as hexadecimal bits, `q` for a silence that was told, `g` the gaps in minutes, in base 36.
struct FeedHabits: Hashable, Sendable {
    var hints = PublisherHints()
    var silence = SilenceGauge()

    /// Reads the stored text; words that it does not know are passed over.
    init(_ text: String = "") {
        guard !text.isEmpty else { return }
        for word in text.utf8.split(separator: UInt8(ascii: " ")) {
            let value = Substring(word.dropFirst())
            switch word.first {
            case UInt8(ascii: "t"): hints.seconds = Int(value) ?? 0
            case UInt8(ascii: "h"): hints.skippedHours = UInt32(value, radix: 16) ?? 0
            case UInt8(ascii: "d"): hints.skippedDays = UInt8(value, radix: 16) ?? 0
            case UInt8(ascii: "q"): silence.isTold = true
            case UInt8(ascii: "g"):
                let gaps = value.split(separator: ",").compactMap { Int($0, radix: 36) }
                silence = SilenceGauge(gaps: gaps, isTold: silence.isTold)
            default: break
            }
        }
    }

    /// The text to store; empty where nothing is known.
    var text: String {
        var words: [String] = []
        if hints.seconds > 0 { words.append("t\(hints.seconds)") }
        if hints.skippedHours != 0 { words.append("h" + String(hints.skippedHours, radix: 16)) }
        if hints.skippedDays != 0 { words.append("d" + String(hints.skippedDays, radix: 16)) }
        if silence.isTold { words.append("q") }
        if !silence.gaps.isEmpty {
            words.append("g" + silence.gaps.map { String($0, radix: 36) }.joined(separator: ","))
        }
        return words.joined(separator: " ")
    }
}
