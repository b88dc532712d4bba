// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Why a candidate was decided as it was (M37). Names are entities' numbers and bytes of the candidate's field:
/// they become text only where they are shown.
enum Reason: Equatable {
    case plain, longForm, givenName, boilerplate, urlOnly
    case coName(Int), hint(Int)
    /// One of the entity's `anchorFeeds`, by index.
    case feed(Int)
    case title(Range<Int>)
    case letterCase, ending, allCaps, sentenceStart, gender, noAnchor, dates
    case blockLeft(Range<Int>), blockRight(Range<Int>), blockNear(Range<Int>), otherBearer(Range<Int>)
    case inside(Int)
}

/// An alias at a span, on its way through M27–M36. Plain numbers only: candidates are copied and sorted a lot.
struct Candidate {
    /// The alias's number.
    var alias: Int
    var entity: Int
    var field: Mention.Field
    /// Its tokens; the last one may be an ending after a joint.
    var first: Int
    var last: Int
    /// The span.
    var start: Int
    var end: Int
    /// One past the alias's letters, before the ending.
    var aliasEnd: Int
    var tier: Int
    /// How many tokens the ending takes: 1 after a joint, else 0.
    var endingTokens: Int
    /// An ending after an apostrophe shows a proper noun (M28).
    var hasApostropheEnding: Bool
    var isException: Bool
    var isBoilerplate: Bool
    /// Inconclusive, and why (M28, M30).
    var doubt: Reason?
    /// A title or own given name before a surname (M30).
    var support: Reason?
    var state = Mention.State.rejected
    var reason = Reason.plain

    /// Whether expressions see it: accepted, or found in the link, which only `url:` asks for (M18).
    var counts: Bool { state == .accepted || (field == .url && state == .candidate && reason == .urlOnly) }
}

/// A term or phrase at a span.
struct TermMention {
    /// The term's or phrase's number.
    var number: Int
    var field: Mention.Field
    var first: Int
    var last: Int
    var start: Int
    var end: Int
    /// In boilerplate, or text that another field repeats (M21, M38).
    var isSilent: Bool
}

/// The fields of a document, cut.
struct FieldTexts {
    /// By `Mention.Field.order`; empty where the document has none.
    private(set) var texts = [FieldText](repeating: FieldText(), count: Mention.Field.allCases.count)

    /// A field's text; empty where the document has none.
    subscript(field: Mention.Field) -> FieldText { texts[field.order] }

    /// Cuts every field of a document that is not empty.
    init(_ document: Document, withAuthors: Bool) {
        set(.title, document.title, .prose)
        set(.summary, document.summary, .prose)
        set(.content, document.content, .prose)
        set(.url, document.url, .url)
        if withAuthors { set(.author, document.authors.joined(separator: "\n"), .prose) }
    }

    private mutating func set(_ field: Mention.Field, _ text: String, _ mode: Tokenizer.Mode) {
        guard !text.isEmpty else { return }
        var cut = Tokenizer.cut(text, mode: mode)
        if field == .content || field == .summary { Boilerplate.mark(&cut) }
        texts[field.order] = cut
    }
}
