// SPDX-License-Identifier: Apache-2.0

/// A node of a YAML document with its place. Scalars are text whatever they look like (H1, M3): nothing is
/// resolved to a number, a date or a boolean before a key asks for one.
struct YAMLNode: Sendable {
    /// What the node is.
    enum Content: Sendable {
        /// A scalar; `isPlain` when it is neither quoted nor a block.
        case text(String, isPlain: Bool)
        /// A sequence.
        case list([YAMLNode])
        /// A mapping, in document order; its keys are unique.
        case map([Member])
    }

    /// A member of a mapping.
    struct Member: Sendable {
        /// The key.
        var key: String
        /// The line of the key, from 1.
        var line: Int
        /// The column of the key in Unicode scalars, from 1.
        var column: Int
        /// The value.
        var value: YAMLNode
    }

    /// What the node is.
    var content: Content
    /// The line, from 1.
    var line: Int
    /// The column in Unicode scalars, from 1.
    var column: Int

    /// Whether nothing was written (`key:`): an absent value.
    var isEmpty: Bool {
        if case .text("", isPlain: true) = content { true } else { false }
    }

    /// The kind of node, for messages.
    var kindName: String {
        switch content {
        case .text: isEmpty ? "empty" : "text"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    /// The text of a scalar; empty for lists and mappings.
    var scalar: String {
        if case .text(let text, _) = content { text } else { "" }
    }
}
