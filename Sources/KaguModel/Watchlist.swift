// SPDX-License-Identifier: Apache-2.0

/// Everything that the watch files define (M1), in file and document order: values as written, not yet compiled.
public struct Watchlist: Hashable, Sendable {
    /// Actors, places and events.
    public var entities: [Entity]
    /// Named sets of entities.
    public var groups: [EntityGroup]
    /// Subjects that show in words.
    public var topics: [Topic]
    /// Expressions over all of them.
    public var watches: [Watch]

    /// The definitions of one or several watch files.
    public init(
        entities: [Entity] = [], groups: [EntityGroup] = [], topics: [Topic] = [], watches: [Watch] = []
    ) {
        self.entities = entities
        self.groups = groups
        self.topics = topics
        self.watches = watches
    }

    /// Appends the definitions of another file.
    public mutating func append(_ other: Watchlist) {
        entities += other.entities
        groups += other.groups
        topics += other.topics
        watches += other.watches
    }
}

/// The language of an alias or term: its endings follow this, never the document (M22).
public enum AliasLanguage: String, Hashable, Sendable, CaseIterable {
    /// English, French, Turkish, Azerbaijani, Russian, German, Spanish, Chinese.
    case en, fr, tr, az, ru, de, es, zh
    /// Any other language: no endings but those after an apostrophe.
    case any
}

/// How the case of a text must agree with an alias (M27).
public enum CaseRule: String, Hashable, Sendable, CaseIterable {
    /// Ignores case.
    case fold
    /// A capital wherever the alias has one.
    case initial
    /// The very letters.
    case exact
}

/// An actor, place or event with its names (M2).
public struct Entity: Hashable, Sendable {
    /// `kind.name`, lower-case ASCII.
    public var id: String
    /// What it is.
    public var kind: EntityKind
    /// The name to show.
    public var name: String
    /// Its spellings, in file order.
    public var aliases: [Alias]
    /// Entities or groups whose strong mention in the same item anchors (co-names).
    public var context: [Reference]
    /// Entities or groups too weak to anchor.
    public var hints: [Reference]
    /// Feed ids or hosts that anchor.
    public var anchorFeeds: [String]
    /// Neighbours that reject.
    public var blocks: Blocks
    /// Longer names that mean something else.
    public var exceptions: [ExceptedName]
    /// Entities that keep counting inside this one's mentions.
    public var includes: [Reference]
    /// Other people's given names with the same surname.
    public var bearers: [String]
    /// Contribution to scores (M38); 60 unless given.
    public var weight: Int
    /// A dispute, copied into explanations; empty when none.
    public var disputed: String
    /// A note, copied into explanations; empty when none.
    public var note: String
    /// Where it is defined.
    public var location: SourceLocation

    /// An entity with its names; see M2 for the meaning of each part.
    public init(
        id: String, kind: EntityKind, name: String, aliases: [Alias], context: [Reference] = [],
        hints: [Reference] = [], anchorFeeds: [String] = [], blocks: Blocks = Blocks(),
        exceptions: [ExceptedName] = [], includes: [Reference] = [], bearers: [String] = [], weight: Int = 60,
        disputed: String = "", note: String = "", location: SourceLocation
    ) {
        self.id = id
        self.kind = kind
        self.name = name
        self.aliases = aliases
        self.context = context
        self.hints = hints
        self.anchorFeeds = anchorFeeds
        self.blocks = blocks
        self.exceptions = exceptions
        self.includes = includes
        self.bearers = bearers
        self.weight = weight
        self.disputed = disputed
        self.note = note
        self.location = location
    }
}

/// What an entity is (M2).
public enum EntityKind: String, Hashable, Sendable, CaseIterable {
    /// The kinds that a watch file may name.
    case person, organisation, media, platform, people, place, event
}

/// An id that a definition names, with the place where it does.
public struct Reference: Hashable, Sendable {
    /// The id of an entity or group.
    public var id: String
    /// Where it is named.
    public var location: SourceLocation

    /// A reference.
    public init(_ id: String, at location: SourceLocation) {
        self.id = id
        self.location = location
    }
}

/// One spelling of an entity (M3).
public struct Alias: Hashable, Sendable {
    /// What an alias is grammatically; decides its endings and weight.
    public enum Form: String, Hashable, Sendable, CaseIterable {
        /// A proper name.
        case name
        /// A noun for people.
        case people
        /// A demonym or adjective.
        case demonym
    }

    /// The spelling.
    public var text: String
    /// Its language.
    public var language: AliasLanguage
    /// How case must agree.
    public var letterCase: CaseRule
    /// Counts only with evidence (M32).
    public var isAnchored: Bool
    /// Case proves nothing at a sentence's start and in capitals (M28).
    public var isAmbiguous: Bool
    /// The bearer's given names where the alias is a bare surname (M30); nil where it is none.
    public var surname: [String]?
    /// Name, people or demonym.
    public var form: Form
    /// Whether endings are tried (`inflect: auto`) or not (`none`).
    public var inflects: Bool
    /// Contribution to scores; nil: the entity's, demonyms 40.
    public var weight: Int?
    /// First instant at which an office name means this person; nil: always.
    public var from: Instant?
    /// First instant at which it no longer does; nil: never.
    public var to: Instant?
    /// Plausible, to be checked by a reader of the language.
    public var needsVerification: Bool
    /// A note; empty when none.
    public var note: String
    /// Where it is defined.
    public var location: SourceLocation

    /// An alias; a bare string has the defaults.
    public init(
        _ text: String, language: AliasLanguage, letterCase: CaseRule = .fold, isAnchored: Bool = false,
        isAmbiguous: Bool = false, surname: [String]? = nil, form: Form = .name, inflects: Bool = true,
        weight: Int? = nil, from: Instant? = nil, to: Instant? = nil, needsVerification: Bool = false,
        note: String = "", location: SourceLocation
    ) {
        self.text = text
        self.language = language
        self.letterCase = letterCase
        self.isAnchored = isAnchored
        self.isAmbiguous = isAmbiguous
        self.surname = surname
        self.form = form
        self.inflects = inflects
        self.weight = weight
        self.from = from
        self.to = to
        self.needsVerification = needsVerification
        self.note = note
        self.location = location
    }
}

/// Neighbours that reject a mention (M29); each may be several words.
public struct Blocks: Hashable, Sendable {
    /// Directly before the mention.
    public var left: [String]
    /// Directly after the mention.
    public var right: [String]
    /// Anywhere in the sentence.
    public var near: [String]

    /// Neighbours that reject.
    public init(left: [String] = [], right: [String] = [], near: [String] = []) {
        self.left = left
        self.right = right
        self.near = near
    }
}

/// A longer name that means something else (`except`, M31).
public struct ExceptedName: Hashable, Sendable {
    /// The name.
    public var text: String
    /// Its language.
    public var language: AliasLanguage
    /// How case must agree.
    public var letterCase: CaseRule
    /// Where it is defined.
    public var location: SourceLocation

    /// An excepted name.
    public init(_ text: String, language: AliasLanguage, letterCase: CaseRule = .fold, location: SourceLocation) {
        self.text = text
        self.language = language
        self.letterCase = letterCase
        self.location = location
    }
}

/// A named set of entities, true if any member is (M42).
public struct EntityGroup: Hashable, Sendable {
    /// `group.name`.
    public var id: String
    /// Entities or other groups.
    public var members: [Reference]
    /// Where it is defined.
    public var location: SourceLocation

    /// A group.
    public init(id: String, members: [Reference], location: SourceLocation) {
        self.id = id
        self.members = members
        self.location = location
    }
}

/// A subject that shows in words (M4, M38, M39).
public struct Topic: Hashable, Sendable {
    /// `topic.name`.
    public var id: String
    /// The name to show.
    public var name: String
    /// The score from which an item is about the topic; 100 unless given.
    public var threshold: Int
    /// Words that speak for it.
    public var terms: [TopicTerm]
    /// Words that speak against it.
    public var against: [TopicTerm]
    /// Additions for expressions that hold.
    public var bonuses: [TopicBonus]
    /// Where it is defined.
    public var location: SourceLocation

    /// A topic.
    public init(
        id: String, name: String, threshold: Int = 100, terms: [TopicTerm], against: [TopicTerm] = [],
        bonuses: [TopicBonus] = [], location: SourceLocation
    ) {
        self.id = id
        self.name = name
        self.threshold = threshold
        self.terms = terms
        self.against = against
        self.bonuses = bonuses
        self.location = location
    }
}

/// One word or phrase of a topic (M4); a trailing `*` on a word stands for any ending.
public struct TopicTerm: Hashable, Sendable {
    /// The term as written, stars included.
    public var text: String
    /// Its language.
    public var language: AliasLanguage
    /// Contribution to the score; 60 unless given.
    public var weight: Int
    /// How case must agree.
    public var letterCase: CaseRule
    /// Counts only if the item's language is this one.
    public var onlyInItsLanguage: Bool
    /// Where it is defined.
    public var location: SourceLocation

    /// A term.
    public init(
        _ text: String, language: AliasLanguage, weight: Int = 60, letterCase: CaseRule = .fold,
        onlyInItsLanguage: Bool = false, location: SourceLocation
    ) {
        self.text = text
        self.language = language
        self.weight = weight
        self.letterCase = letterCase
        self.onlyInItsLanguage = onlyInItsLanguage
        self.location = location
    }
}

/// An addition to a topic's score for an expression that holds (M39).
public struct TopicBonus: Hashable, Sendable {
    /// The condition.
    public var when: ExpressionSource
    /// The addition.
    public var add: Int

    /// A bonus.
    public init(when: ExpressionSource, add: Int) {
        self.when = when
        self.add = add
    }
}

/// The text of an expression with the place where it begins (section 7 of the matching specification).
public struct ExpressionSource: Hashable, Sendable {
    /// The expression as YAML gives it: block scalars folded.
    public var text: String
    /// Where the scalar begins.
    public var location: SourceLocation
    /// Where each stretch of the text stands in the file, in order; empty where that is not known.
    public var stretches: [Stretch]

    /// A run of the text that stands in the file as it is, line breaks and quoting apart.
    public struct Stretch: Hashable, Sendable {
        /// Where it begins in the text, in scalars.
        public var offset: Int
        /// Where it begins in the file.
        public var location: SourceLocation
        /// The line of the file.
        public var line: String

        /// A stretch with its place.
        public init(offset: Int, location: SourceLocation, line: String) {
            self.offset = offset
            self.location = location
            self.line = line
        }
    }

    /// An expression's source.
    public init(_ text: String, at location: SourceLocation, stretches: [Stretch] = []) {
        self.text = text
        self.location = location
        self.stretches = stretches
    }
}

/// An expression over entities, topics and phrases, with its filters (M5).
public struct Watch: Hashable, Sendable {
    /// The fields of an item that a watch may be limited to.
    public enum Field: String, Hashable, Sendable, CaseIterable {
        /// The fields that text is looked for in.
        case title, summary, content
    }

    /// Unique over all files.
    public var id: String
    /// The title to show.
    public var title: String
    /// What must hold.
    public var when: ExpressionSource
    /// What must not hold.
    public var unless: ExpressionSource?
    /// How much it matters.
    public var severity: Severity
    /// The score that it must reach; 0 unless given.
    public var threshold: Int
    /// Where unscoped operands look; empty: title, summary and content.
    public var fields: [Field]
    /// Item languages that pass; empty: all.
    public var languages: [String]
    /// Source classes that pass; empty: all.
    public var classes: [SourceClass]
    /// Feed countries that pass; empty: all.
    public var countries: [String]
    /// Feed ids that pass; empty: all.
    public var feeds: [String]
    /// Evaluated or not.
    public var isEnabled: Bool
    /// A note; empty when none.
    public var note: String
    /// Where it is defined.
    public var location: SourceLocation

    /// A watch.
    public init(
        id: String, title: String, when: ExpressionSource, unless: ExpressionSource? = nil,
        severity: Severity = .medium, threshold: Int = 0, fields: [Field] = [], languages: [String] = [],
        classes: [SourceClass] = [], countries: [String] = [], feeds: [String] = [], isEnabled: Bool = true,
        note: String = "", location: SourceLocation
    ) {
        self.id = id
        self.title = title
        self.when = when
        self.unless = unless
        self.severity = severity
        self.threshold = threshold
        self.fields = fields
        self.languages = languages
        self.classes = classes
        self.countries = countries
        self.feeds = feeds
        self.isEnabled = isEnabled
        self.note = note
        self.location = location
    }
}
