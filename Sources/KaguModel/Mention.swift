// SPDX-License-Identifier: Apache-2.0

/// One alias found at one span of one field, with what was decided of it and why (M37, M51).
public struct Mention: Hashable, Sendable, Codable {
    /// Where a mention was found.
    public enum Field: String, Hashable, Sendable, Codable, CaseIterable {
        /// Fields of an item, in the order in which mentions are listed.
        case title, summary, content, url, author
    }

    /// What was decided (M37). Only accepted mentions count.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// It counts.
        case accepted
        /// It would count with more evidence.
        case candidate
        /// It does not count; shown by explanations only.
        case rejected
    }

    /// The entity's id.
    public var entity: String
    /// The alias as the watch file spells it.
    public var alias: String
    /// The field it was found in.
    public var field: Field
    /// First UTF-8 byte in the field's plain text.
    public var start: Int
    /// One past the last UTF-8 byte; the span covers alias and ending.
    public var end: Int
    /// The bytes of the span.
    public var text: String
    /// How the text differs from the alias, 0–5 (M12).
    public var tier: Int
    /// The ending with its joint; empty for none and for Russian forms.
    public var suffix: String
    /// What was decided.
    public var state: State
    /// Why: a word, with a detail after a colon where there is one (M37).
    public var reason: String

    /// A mention.
    public init(
        entity: String, alias: String, field: Field, start: Int, end: Int, text: String, tier: Int, suffix: String,
        state: State, reason: String
    ) {
        self.entity = entity
        self.alias = alias
        self.field = field
        self.start = start
        self.end = end
        self.text = text
        self.tier = tier
        self.suffix = suffix
        self.state = state
        self.reason = reason
    }

    /// Adds this mention's members in the order of M51.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("entity", entity)
            json.member("alias", alias)
            json.member("field", field.rawValue)
            json.member("start", start)
            json.member("end", end)
            json.member("text", text)
            json.member("tier", tier)
            json.member("suffix", suffix)
            json.member("state", state.rawValue)
            json.member("reason", reason)
        }
    }
}

/// A topic with the score that an item reached (M39).
public struct TopicScore: Hashable, Sendable, Codable {
    /// The topic's id.
    public var id: String
    /// Its score.
    public var score: Int

    /// A topic's score.
    public init(id: String, score: Int) {
        self.id = id
        self.score = score
    }
}
