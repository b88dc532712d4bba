// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The forms of O19.
enum OutputFormat: String, Hashable, Sendable, CaseIterable, ExpressibleByArgument {
    /// One line per record.
    case short
    /// Aligned columns, cut to the width of the terminal.
    case table
    /// One JSON array.
    case json
    /// One JSON object a line.
    case jsonl
    /// RFC 4180.
    case csv

    /// Whether a hit is taken apart for it; else its line goes out as it stands in the file.
    var needsHits: Bool { self != .json && self != .jsonl }
}

/// The forms of an answer that is no listing.
enum AnswerFormat: String, Hashable, Sendable, CaseIterable, ExpressibleByArgument {
    /// For people.
    case short
    /// One JSON value.
    case json
}
