// SPDX-License-Identifier: Apache-2.0

/// Why a document is no feed (F18).
public enum ParseFailure: Error, Hashable, Sendable {
    /// Nothing, or nothing but white space.
    case empty
    /// A page for people: state `html` (P23).
    case html(reason: String)
    /// Anything else that is no feed: state `parse`.
    case notAFeed(reason: String)
    /// The body, once inflated, exceeds `limit` bytes.
    case tooLarge(limit: Int)
}

extension ParseFailure: CustomStringConvertible {
    /// One line: what the document is, in lower case without a full stop.
    public var description: String {
        switch self {
        case .empty: "the document is empty"
        case .html(let reason): "the document is HTML, not a feed: \(reason)"
        case .notAFeed(let reason): "the document is no feed: \(reason)"
        case .tooLarge(let limit): "the document is larger than \(limit) bytes when inflated"
        }
    }
}
