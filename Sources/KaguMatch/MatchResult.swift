// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Where an item's language was taken from (M50).
public enum LanguageSource: String, Hashable, Sendable, CaseIterable {
    /// The rules decided and the feed declares the same.
    case agreed
    /// The rules decided, or were the best guess.
    case rules
    /// The rules had no clear margin; item or feed declares it.
    case declared
    /// No evidence: the language is `und`.
    case none
}

/// What was found in one document (M51). Two matches of the same document are equal.
public struct MatchResult: Hashable, Sendable {
    /// ISO 639-1 code of the text's language, or `und`.
    public var language: String
    /// How the language was found.
    public var languageSource: LanguageSource
    /// Ids of the entities with an accepted mention in title, summary or content, sorted.
    public var entities: [String]
    /// Topics at or above their threshold, best first, then by id.
    public var topics: [TopicScore]
    /// Watches that fired: by severity, then score, both falling, then id (R4).
    public var watches: [WatchMatch]
    /// Accepted and candidate mentions by field and start; with `explaining` the rejected ones too.
    public var mentions: [Mention]
    /// The alias responsible for each of `mentions`, in the same order (M54).
    public var aliases: [AliasPlace]
    /// With `explaining`: every topic of which a term occurred, below the threshold too, with its parts.
    public var topicExplanations: [TopicExplanation]
    /// With `explaining`: every enabled watch with the truth of its parts, in file order.
    public var watchExplanations: [WatchExplanation]

    /// A result with all its parts.
    public init(
        language: String, languageSource: LanguageSource, entities: [String] = [], topics: [TopicScore] = [],
        watches: [WatchMatch] = [], mentions: [Mention] = [], aliases: [AliasPlace] = [],
        topicExplanations: [TopicExplanation] = [], watchExplanations: [WatchExplanation] = []
    ) {
        self.language = language
        self.languageSource = languageSource
        self.entities = entities
        self.topics = topics
        self.watches = watches
        self.mentions = mentions
        self.aliases = aliases
        self.topicExplanations = topicExplanations
        self.watchExplanations = watchExplanations
    }
}

/// An alias by its place in `Matcher.watchlist`: which entity, and which of its aliases, both from 0.
public struct AliasPlace: Hashable, Sendable {
    /// The index in `Watchlist.entities`.
    public var entity: Int
    /// The index in `Entity.aliases`.
    public var alias: Int

    /// The place of an alias.
    public init(entity: Int, alias: Int) {
        self.entity = entity
        self.alias = alias
    }
}

/// A watch that fired.
public struct WatchMatch: Hashable, Sendable {
    /// The watch's id.
    public var id: String
    /// Its score (M40).
    public var score: Int
    /// Its severity.
    public var severity: Severity

    /// A fired watch.
    public init(id: String, score: Int, severity: Severity) {
        self.id = id
        self.score = score
        self.severity = severity
    }
}

/// One term's or bonus's part of a topic's score, or one operand's part of a watch's score (M38–M40).
public struct ScorePart: Hashable, Sendable {
    /// The term, expression or operand as written.
    public var name: String
    /// What it adds; negative for `against`.
    public var points: Int

    /// One part of a score.
    public init(name: String, points: Int) {
        self.name = name
        self.points = points
    }
}

/// How a topic came to its score (M39).
public struct TopicExplanation: Hashable, Sendable {
    /// The topic's id.
    public var id: String
    /// The score reached.
    public var score: Int
    /// The score needed.
    public var threshold: Int
    /// Terms, bonuses and terms against, in file order; those that occurred.
    public var parts: [ScorePart]

    /// A topic's account.
    public init(id: String, score: Int, threshold: Int, parts: [ScorePart]) {
        self.id = id
        self.score = score
        self.threshold = threshold
        self.parts = parts
    }
}
