// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What is refused and warned of in definitions, expressions apart (M57, M58).
struct WatchlistChecks {
    let watchlist: Watchlist
    private(set) var problems: [ConfigProblem] = []
    private(set) var warnings: [ConfigProblem] = []

    init(_ watchlist: Watchlist) { self.watchlist = watchlist }

    mutating func run() {
        for entity in watchlist.entities { check(entity) }
        for group in watchlist.groups where group.members.isEmpty {
            refuse("\(group.id) has no member", group.location)
        }
        checkShared()
        for topic in watchlist.topics {
            if topic.terms.isEmpty { refuse("\(topic.id) has no term", topic.location) }
            for term in topic.terms + topic.against { check(term) }
            for term in topic.terms where term.weight >= topic.threshold {
                warn("the term \"\(term.text)\" alone reaches the threshold \(topic.threshold)", term.location)
            }
        }
    }

    private mutating func refuse(_ message: String, _ location: SourceLocation) {
        problems.append(ConfigProblem(message, at: location))
    }

    private mutating func warn(_ message: String, _ location: SourceLocation) {
        warnings.append(ConfigProblem(message, at: location, severity: .warning))
    }

    private mutating func check(_ entity: Entity) {
        if entity.aliases.isEmpty { refuse("\(entity.id) has no alias", entity.location) }
        for alias in entity.aliases { check(alias, of: entity) }
        for name in entity.exceptions where name.text.contains("*") {
            refuse("\"\(name.text)\": a star stands in topic terms only", name.location)
        }
        for name in entity.exceptions where entity.aliases.contains(where: { $0.text == name.text }) {
            warn("\"\(name.text)\" is an alias of \(entity.id) too, and is never found", name.location)
        }
    }

    private mutating func check(_ alias: Alias, of entity: Entity) {
        let cut = Tokenizer.cut(alias.text, mode: .name)
        let letters = cut.units.count
        let isHan = cut.tokens.contains { $0.flags.contains(.unbounded) }
        if alias.text.contains("*") {
            refuse("\"\(alias.text)\": a star stands in topic terms only", alias.location)
        }
        if cut.tokens.isEmpty {
            refuse("the alias \"\(alias.text)\" has no letter", alias.location)
        } else if letters < 3, !isHan, !(alias.letterCase == .exact && alias.isAnchored) {
            refuse(
                "the alias \"\(alias.text)\" has under three letters; give it case: exact and anchored: true",
                alias.location)
        }
        if alias.isAnchored, !canAnchor(entity) {
            refuse(
                "nothing can anchor \"\(alias.text)\"; give \(entity.id) a long form, context or anchors.feeds",
                alias.location)
        }
        if let from = alias.from, let to = alias.to, to <= from {
            refuse("\"\(alias.text)\" ends before it begins; to is the day after its last", alias.location)
        }
        if alias.needsVerification { warn("the alias \"\(alias.text)\" is marked verify", alias.location) }
        let spelling = Spelling(cut.units)
        if alias.letterCase != .exact, cut.tokens.count == 1, letters <= 4, !spelling.isUpper.isEmpty,
            spelling.isUpper.allSatisfy({ $0 })
        {
            warn("\"\(alias.text)\" is all capitals and short; give it case: exact", alias.location)
        }
    }

    /// A long form, a co-name or a feed.
    private func canAnchor(_ entity: Entity) -> Bool {
        entity.context.contains { $0.id != entity.id } || !entity.anchorFeeds.isEmpty
            || entity.aliases.contains { !$0.isAnchored && $0.surname == nil }
    }

    private mutating func check(_ term: TopicTerm) {
        let scalars = Array(term.text.unicodeScalars)
        let cut = Tokenizer.cut(term.text, mode: .name)
        if cut.tokens.isEmpty { refuse("the term \"\(term.text)\" has no letter", term.location) }
        for index in scalars.indices where scalars[index] == "*" {
            let word = scalars[..<index].reversed().prefix {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
                    || $0.properties.generalCategory == .nonspacingMark
            }
            let isEnd = index + 1 == scalars.count || scalars[index + 1] == " "
            let before = scalars[..<index].filter(\.properties.isAlphabetic).count
            if before < 3 || word.isEmpty {
                refuse("\"\(term.text)\": a star stands after three letters at least", term.location)
            } else if !isEnd {
                refuse("\"\(term.text)\": a star stands at the end of a word only", term.location)
            }
        }
    }

    /// Warns of one alias under two entities.
    private mutating func checkShared() {
        var first: [[UInt32]: (entity: Int, alias: Alias)] = [:]
        for (number, entity) in watchlist.entities.enumerated() {
            for alias in entity.aliases {
                let cut = Tokenizer.cut(alias.text, mode: .name)
                var key: [UInt32] = []
                for token in cut.tokens { key += cut.units[token.units].map(\.strict) + [0x20] }
                guard let other = first[key] else {
                    first[key] = (number, alias)
                    continue
                }
                let owner = watchlist.entities[other.entity]
                guard other.entity != number, !alias.isAmbiguous, !other.alias.isAmbiguous,
                    !includes(owner, entity.id), !includes(entity, owner.id)
                else { continue }
                warn(
                    "\"\(alias.text)\" is an alias of \(owner.id) too; mark one ambiguous, or let one include the other",
                    alias.location)
            }
        }
    }

    private func includes(_ entity: Entity, _ id: String) -> Bool { entity.includes.contains { $0.id == id } }
}
