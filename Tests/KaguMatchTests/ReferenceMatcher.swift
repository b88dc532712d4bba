// SPDX-License-Identifier: Apache-2.0

import KaguModel

@testable import KaguMatch

/// The rules M11–M36 written once more, as slowly and plainly as can be: every alias is tried at every token, nothing is
/// indexed. It shares with the matcher what tokens and letters are, the Russian forms and the lists of titles and function
/// words; everything that finds and decides is its own.
struct ReferenceMatcher {
    /// A mention as both matchers tell it.
    struct Line: Hashable, Comparable, CustomStringConvertible {
        var field: Int
        var start: Int
        var end: Int
        var entity: String
        var alias: String
        var tier: Int
        var suffix: String
        var state: String
        var reason: String

        var description: String {
            "\(field):\(start)-\(end) \(entity) \(alias) \(tier) [\(suffix)] \(state) \(reason)"
        }

        static func < (left: Line, right: Line) -> Bool {
            (left.field, left.start, left.end, left.entity) < (right.field, right.start, right.end, right.entity)
        }

        init(_ mention: Mention) {
            field = mention.field.order
            (start, end, entity, alias) = (mention.start, mention.end, mention.entity, mention.alias)
            (tier, suffix, state, reason) = (mention.tier, mention.suffix, mention.state.rawValue, mention.reason)
        }

        init(_ find: Find, _ text: FieldText, entity: String) {
            (field, start, end) = (find.field.order, find.start, find.end)
            (self.entity, alias, tier) = (entity, find.alias.text, find.tier)
            suffix = text.text(find.aliasEnd, find.end)
            (state, reason) = (find.state, find.reason)
        }
    }

    /// An alias at a span.
    struct Find {
        let entity: Int
        /// Its place among all aliases and exceptions.
        let order: Int
        let alias: Alias
        let isException: Bool
        let field: Mention.Field
        let first: Int
        var last: Int
        let start: Int
        var end: Int
        var aliasEnd: Int
        var tier = 0
        var hasApostrophe = false
        var hasJointEnding = false
        var isBoilerplate = false
        var doubt: String?
        var support: String?
        var near: String?
        var isAlive = true
        var isWinner = false
        var state = "rejected"
        var reason = ""
    }

    struct Name {
        let entity: Int
        let alias: Alias
        let isException: Bool
        let text: FieldText
        /// The letters of each word.
        let words: [[ReferenceLetters]]
        /// The letters of each form of each Russian word that declines (M26).
        let forms: [[[ReferenceLetters]]]

        init(entity: Int, alias: Alias, isException: Bool) {
            let cut = Tokenizer.cut(alias.text, mode: .name)
            self.entity = entity
            self.alias = alias
            self.isException = isException
            text = cut
            words = cut.tokens.map { ReferenceLetters.of($0, cut) }
            let declines = alias.language == .ru && alias.inflects && alias.letterCase != .exact
            forms = words.map { word in
                guard declines, word.contains(where: { (0x400...0x4FF).contains($0.strict) }) else { return [] }
                return RussianForms.of(String(scalars: word.map(\.strict))).map { form in
                    let cut = Tokenizer.cut(form, mode: .name)
                    return ReferenceLetters.of(cut.tokens[0], cut)
                }
            }
        }
    }

    let watchlist: Watchlist
    let names: [Name]
    let numbers: [String: Int]

    init(_ watchlist: Watchlist) {
        self.watchlist = watchlist
        numbers = Dictionary(
            uniqueKeysWithValues: watchlist.entities.enumerated().map { ($0.element.id, $0.offset) })
        var names: [Name] = []
        for (number, entity) in watchlist.entities.enumerated() {
            for alias in entity.aliases {
                names.append(Name(entity: number, alias: alias, isException: false))
            }
            for other in entity.exceptions {
                let alias = Alias(
                    other.text, language: other.language, letterCase: other.letterCase, location: other.location)
                names.append(Name(entity: number, alias: alias, isException: true))
            }
        }
        self.names = names
    }

    /// Every mention in every state, those that fail on case left out.
    func mentions(_ document: Document) -> [Line] {
        var fields: [Mention.Field: FieldText] = [:]
        for (field, content) in [
            (Mention.Field.title, document.title), (.summary, document.summary),
            (.content, document.content), (.url, document.url),
        ] where !content.isEmpty {
            var cut = Tokenizer.cut(content, mode: field == .url ? .url : .prose)
            if field == .content || field == .summary { Boilerplate.mark(&cut) }
            fields[field] = cut
        }
        var finds: [Find] = []
        for (field, text) in fields {
            let letters = text.tokens.map { ReferenceLetters.of($0, text) }
            for (order, name) in names.enumerated() { finds += all(name, order, text, letters, field) }
        }
        var judge = ReferenceJudge(reference: self, document: document, fields: fields, finds: finds)
        judge.run()
        var best: [[Int]: Find] = [:]
        for find in judge.finds where !find.isException {
            let key = [find.field.order, find.start, find.end, find.entity]
            guard let other = best[key] else {
                best[key] = find
                continue
            }
            let rank = ["accepted": 0, "candidate": 1, "rejected": 2]
            let (a, b) = (rank[find.state] ?? 3, rank[other.state] ?? 3)
            if (a, find.tier, find.order) < (b, other.tier, other.order) { best[key] = find }
        }
        return best.values.map {
            Line($0, fields[$0.field] ?? FieldText(), entity: watchlist.entities[$0.entity].id)
        }
        .sorted()
    }

    // MARK: Finding

    /// Every place of a name in a field (M11–M27).
    private func all(
        _ name: Name, _ order: Int, _ text: FieldText, _ letters: [[ReferenceLetters]], _ field: Mention.Field
    ) -> [Find] {
        var finds: [Find] = []
        for first in text.tokens.indices {
            if let find = find(name, order, text, letters, field, at: first) { finds.append(find) }
        }
        let isJoinable =
            !name.isException && !name.alias.isAmbiguous && name.alias.letterCase != .exact
            && name.text.units.count >= 4
        for tag in text.tags where isJoinable && name.text.tokens.count != tag.count {
            let whole = letters[tag].flatMap { $0 }
            guard ReferenceLetters.prefixes(whole, name.words.flatMap { $0 }).contains(whole.count) else {
                continue
            }
            let end = text.tokens[tag.upperBound - 1].end
            finds.append(
                Find(
                    entity: name.entity, order: order, alias: name.alias, isException: false, field: field,
                    first: tag.lowerBound, last: tag.upperBound - 1, start: text.tokens[tag.lowerBound].start,
                    end: end,
                    aliasEnd: end, tier: 5, isBoilerplate: text.tokens[tag.lowerBound].flags.contains(.boilerplate))
            )
        }
        return finds
    }

    private func find(
        _ name: Name, _ order: Int, _ text: FieldText, _ all: [[ReferenceLetters]], _ field: Mention.Field,
        at first: Int
    ) -> Find? {
        let (tokens, words) = (text.tokens, name.text.tokens)
        guard first + words.count <= tokens.count else { return nil }
        if tokens[first].joint == .apostrophe, first == 0 || !tokens[first - 1].flags.contains(.elision) {
            return nil
        }
        if tokens[first].flags.contains(.domain) { return nil }
        var tier = tokens[first].flags.contains(.tag) ? 5 : 0
        var isWhole = true
        let last = first + words.count - 1
        var aliasEnd = tokens[last].end
        for index in words.indices {
            let token = tokens[first + index]
            if token.flags.contains(.dead) { return nil }
            if index > 0, !joins(token.joint, token.punctuation, words[index], isURL: field == .url) { return nil }
            let (word, letters) = (name.words[index], all[first + index])
            guard let fit = fit(name, index, letters, token) else { return nil }
            tier = max(tier, fit.tier)
            if fit.length < letters.count {
                isWhole = false
                aliasEnd = letters[fit.length - 1].end
            }
            let isWaived = field == .url || tokens[first].flags.contains(.tag)
            if !caseAgrees(name.alias.letterCase, word, letters, isWaived: isWaived) { return nil }
        }
        var find = Find(
            entity: name.entity, order: order, alias: name.alias, isException: name.isException, field: field,
            first: first, last: last, start: tokens[first].start, end: tokens[last].end, aliasEnd: aliasEnd,
            tier: tier,
            isBoilerplate: tokens[first].flags.contains(.boilerplate))
        if isWhole, name.alias.inflects { addEnding(to: &find, text) }
        if find.last + 1 < tokens.count, tokens[find.last + 1].flags.contains(.domain) { return nil }
        return find
    }

    /// M16.
    private func joins(_ joint: Joint, _ punctuation: UInt16, _ word: Token, isURL: Bool) -> Bool {
        switch (joint, word.joint) {
        case (.space, .space), (.space, .hyphen), (.hyphen, .space), (.hyphen, .hyphen), (.camel, .space),
            (.camel, .hyphen):
            true
        case (.space, .dotSpace), (.hyphen, .dotSpace), (.camel, .dotSpace): !isURL
        case (.space, .apostrophe), (.hyphen, .apostrophe), (.camel, .apostrophe): isURL
        case (.dotSpace, .dotSpace), (.apostrophe, .apostrophe), (.slash, .slash), (.dot, .dot), (.none, .none):
            true
        case (.other, .other): punctuation == word.punctuation
        default: false
        }
    }

    /// How many letters of a token a word of an alias takes, and how far it is from them; nil where it does not fit.
    private func fit(
        _ name: Name, _ index: Int, _ letters: [ReferenceLetters], _ token: Token
    ) -> (length: Int, tier: Int)? {
        let (word, alias) = (name.words[index], name.alias)
        let takesEndings = alias.inflects && alias.letterCase != .exact
        let prefixes = ReferenceLetters.prefixes(letters, word)
        if prefixes.contains(letters.count) { return (letters.count, ReferenceLetters.tier(letters, word)) }
        if name.forms[index].contains(where: { ReferenceLetters.prefixes(letters, $0).contains(letters.count) }) {
            return (letters.count, 4)
        }
        guard index == name.words.count - 1 else { return nil }
        for length in prefixes where length < letters.count {
            let rest = letters[length...].map(\.loose).joined()
            let strictRest = String(scalars: letters[length...].map(\.strict))
            let isEnding =
                takesEndings
                && ReferenceEndings.follow(rest, strictRest, alias.language, alias.form, after: word)
            if isEnding || (token.flags.contains(.hangul) && word.allSatisfy { $0.strict >= 0xAC00 }) {
                return (length, 4)
            }
        }
        return nil
    }

    /// M27.
    private func caseAgrees(
        _ rule: CaseRule, _ word: [ReferenceLetters], _ letters: [ReferenceLetters], isWaived: Bool
    ) -> Bool {
        if rule == .fold || (rule == .initial && isWaived) { return true }
        var at = 0
        for letter in word {
            guard at < letters.count else { return true }
            if rule == .initial, letter.isUpper, !letters[at].isUpper { return false }
            if rule == .exact, letter.composed != letters[at].composed { return false }
            at += letters[at].strict == letter.strict ? 1 : letter.loose.unicodeScalars.count
        }
        return true
    }

    /// M22.
    private func addEnding(to find: inout Find, _ text: FieldText) {
        guard find.last + 1 < text.tokens.count else { return }
        let (word, token) = (text.tokens[find.last], text.tokens[find.last + 1])
        let rest = ReferenceLetters.of(token, text).map(\.loose).joined()
        let strictRest = String(scalars: ReferenceLetters.of(token, text).map(\.strict))
        switch token.joint {
        case .apostrophe where !word.flags.contains(.elision):
            guard strictRest == "s" || ReferenceEndings.isChain(rest, dental: "dt") else { return }
            find.hasApostrophe = true
        case .hyphen:
            guard word.flags.contains(.allCapitals), word.units.count >= 2, token.flags.contains(.lowerCase),
                ReferenceEndings.isChain(rest, dental: "dt")
            else { return }
        default: return
        }
        find.last += 1
        find.end = token.end
        find.hasJointEnding = true
        if find.tier < 5 { find.tier = 4 }
    }
}
