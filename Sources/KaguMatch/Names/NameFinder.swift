// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Finds every name of the lexicon in one field: candidates before any decision but case (M11–M27).
struct NameFinder {
    let lexicon: Lexicon
    let text: FieldText
    let field: Mention.Field
    private let table = FoldingTable.shared
    private(set) var candidates: [Candidate] = []
    /// Candidates that failed on case, and those whose remainder is no ending; kept for explanations only.
    private(set) var miscased: [Candidate] = []
    private(set) var misended: [Candidate] = []
    private(set) var terms: [TermMention] = []
    private(set) var phrases: [TermMention] = []
    /// The words found, by token.
    private var hits: [WordHit] = []
    private let isExplaining: Bool

    /// How many letters an alias has at least for which an ending that is none is worth telling (M37).
    private static let fewestLettersBeforeRefusal = 5

    init(_ lexicon: Lexicon, _ text: FieldText, field: Mention.Field, explaining: Bool) {
        self.lexicon = lexicon
        self.text = text
        self.field = field
        isExplaining = explaining
    }

    /// Reads the field from left to right.
    mutating func run() {
        if isExplaining {
            lexicon.words.findBeginnings(in: text, into: &hits)
        } else {
            lexicon.words.find(in: text, into: &hits)
        }
        var first = 0
        while first < hits.count {
            let token = hits[first].token
            var past = first + 1
            while past < hits.count, hits[past].token == token { past += 1 }
            if mayBegin(Int(token)) {
                for hit in first..<past {
                    let node = lexicon.names.start(hits[hit].word)
                    if node >= 0 { follow(node, from: Int(token), to: Int(token), hit, nextHit: past) }
                }
            }
            first = past
        }
        for tag in text.tags where tag.count > 0 { findJoined(tag) }
    }

    /// After an apostrophe a name begins only where an elision stands before it (M15).
    private func mayBegin(_ token: Int) -> Bool {
        guard text.tokens[token].joint == .apostrophe else { return true }
        return token > 0 && text.tokens[token - 1].flags.contains(.elision)
    }

    /// Ends the names of a node and goes on with the words of the token after, whose hits begin at `nextHit`.
    private mutating func follow(_ node: Int, from first: Int, to last: Int, _ hit: Int, nextHit: Int) {
        for target in lexicon.names.targets(at: node) { end(target, first, last, hits[hit]) }
        guard nextHit < hits.count, hits[nextHit].token == last + 1, hits[hit].endings == .whole,
            lexicon.names.hasNext(node)
        else { return }
        var past = nextHit + 1
        while past < hits.count, hits[past].token == last + 1 { past += 1 }
        let joints = NameJoint.inText(text.tokens[last + 1], isURL: field == .url)
        for next in nextHit..<past {
            let word = hits[next].word
            let target = lexicon.names.next(node, joint: joints.0, word: word)
            if target >= 0 { follow(target, from: first, to: last + 1, next, nextHit: past) }
            guard joints.1 >= 0 else { continue }
            let second = lexicon.names.next(node, joint: joints.1, word: word)
            if second >= 0 { follow(second, from: first, to: last + 1, next, nextHit: past) }
        }
    }

    private mutating func end(_ target: NameTarget, _ first: Int, _ last: Int, _ hit: WordHit) {
        switch target {
        case .alias(let number), .exception(let number): endAlias(number, first, last, hit)
        case .term(let number):
            guard hit.endings == .whole, !isInDomain(first, last) else { return }
            let term = lexicon.terms[number]
            guard term.term.letterCase == .fold || agrees(term.words, term.term.letterCase, from: first) else {
                return
            }
            terms.append(termMention(number, first, last))
        case .phrase(let number):
            guard hit.endings == .whole, !isInDomain(first, last) else { return }
            phrases.append(termMention(number, first, last))
        }
    }

    private func termMention(_ number: Int, _ first: Int, _ last: Int) -> TermMention {
        TermMention(
            number: number, field: field, first: first, last: last, start: text.tokens[first].start,
            end: text.tokens[last].end, isSilent: text.tokens[first].flags.contains(.boilerplate))
    }

    /// Whether a domain's full stop stands at either end (M17).
    private func isInDomain(_ first: Int, _ last: Int) -> Bool {
        text.tokens[first].flags.contains(.domain)
            || (last + 1 < text.tokens.count && text.tokens[last + 1].flags.contains(.domain))
    }

    private mutating func endAlias(_ number: Int, _ first: Int, _ last: Int, _ hit: WordHit) {
        let alias = lexicon.aliases[number]
        let isWhole = hit.endings == .whole
        let fits = isWhole || !alias.endings.isDisjoint(with: hit.endings)
        guard fits || isRefusalTold(alias), !text.tokens[first].flags.contains(.domain) else { return }
        var candidate = Candidate(
            alias: number, entity: alias.entity, field: field, first: first, last: last,
            start: text.tokens[first].start, end: text.tokens[last].end, aliasEnd: text.tokens[last].end, tier: 0,
            endingTokens: 0, hasApostropheEnding: false, isException: alias.isException,
            isBoilerplate: text.tokens[first].flags.contains(.boilerplate), doubt: nil, support: nil)
        if !isWhole || hit.end < text.tokens[last].units.upperBound {
            candidate.aliasEnd = Int(text.units[hit.end - 1].end)
        } else if alias.alias.inflects {
            addEnding(to: &candidate)
        }
        let past = candidate.last + 1
        if past < text.tokens.count, text.tokens[past].flags.contains(.domain) { return }
        candidate.tier = tier(alias, candidate, hasEnding: candidate.aliasEnd < candidate.end)
        let isWaived = field == .url || text.tokens[first].flags.contains(.tag)
        let rule = alias.alias.letterCase
        if rule == .fold || (rule == .initial && isWaived) || agrees(alias.words, rule, from: first) {
            if fits {
                candidates.append(candidate)
            } else {
                candidate.reason = .ending
                misended.append(candidate)
            }
        } else if fits, isExplaining, !alias.isException {
            candidate.reason = .letterCase
            miscased.append(candidate)
        }
    }

    /// Whether it is told of an alias that what follows it is no ending (M37).
    private func isRefusalTold(_ alias: CompiledAlias) -> Bool {
        isExplaining && !alias.isException
            && alias.words.reduce(0) { $0 + $1.strict.count } >= Self.fewestLettersBeforeRefusal
    }

    /// Takes an ending after an apostrophe, or after a hyphen and a word in capitals (M22).
    private func addEnding(to candidate: inout Candidate) {
        let next = candidate.last + 1
        guard next < text.tokens.count else { return }
        let token = text.tokens[next]
        let units = text.units[token.units]
        switch token.joint {
        case .apostrophe where !text.tokens[candidate.last].flags.contains(.elision):
            guard Endings.isEndingAfterApostrophe(units) else { return }
            candidate.hasApostropheEnding = true
        case .hyphen:
            let word = text.tokens[candidate.last]
            guard word.flags.contains(.allCapitals), word.units.count >= 2, token.flags.contains(.lowerCase),
                Endings.isChain(units, azerbaijani: false)
            else { return }
        case .apostrophe, .start, .space, .slash, .dot, .dotSpace, .none, .camel, .other, .lineBreak: return
        }
        candidate.last = next
        candidate.endingTokens = 1
        candidate.end = token.end
    }

    // MARK: Case and tier

    /// Whether the letters' case agrees (M27).
    private func agrees(_ words: [Spelling], _ rule: CaseRule, from first: Int) -> Bool {
        for (index, word) in words.enumerated() {
            var at = text.tokens[first + index].units.lowerBound
            let limit = text.tokens[first + index].units.upperBound
            for letter in word.strict.indices {
                guard at < limit else { break }
                let unit = text.units[at]
                switch rule {
                case .fold: break
                case .initial: if word.isUpper[letter], !unit.isUpper { return false }
                case .exact: if unit.composed != word.composed[letter] { return false }
                }
                at = next(at, word, letter, limit)
            }
        }
        return true
    }

    /// The unit after the one that spells a letter of a word.
    private func next(_ at: Int, _ word: Spelling, _ letter: Int, _ limit: Int) -> Int {
        var at = at
        if text.units[at].strict == word.strict[letter] {
            at += 1
            while at < limit, text.units[at].strict == 0 { at += 1 }
            return at
        }
        return at + word.loose[letter].count
    }

    /// How far the text is from the alias (M12).
    private func tier(_ alias: CompiledAlias, _ candidate: Candidate, hasEnding: Bool) -> Int {
        if text.tokens[candidate.first].flags.contains(.tag) { return 5 }
        if hasEnding { return 4 }
        var tier = 0
        for (index, word) in alias.words.enumerated() {
            let token = text.tokens[candidate.first + index]
            var at = token.units.lowerBound
            for letter in word.strict.indices {
                guard at < token.units.upperBound else { return 4 }
                tier = max(tier, distance(text.units[at], word, letter))
                at = next(at, word, letter, token.units.upperBound)
            }
            if at < token.units.upperBound { return 4 }
        }
        return tier
    }

    private func distance(_ unit: FoldedUnit, _ word: Spelling, _ letter: Int) -> Int {
        let written = word.composed[letter]
        if unit.composed == written { return 0 }
        if unit.strict == word.strict[letter] {
            let hasDotless =
                unit.composed == 0x130 || unit.composed == 0x131 || written == 0x130 || written == 0x131
            return word.strict[letter] == 0x69 && hasDotless ? 2 : 1
        }
        // A Russian form replaces letters: the alias is longer or ends otherwise.
        return unit.loose == word.loose[letter].first ? 3 : 4
    }

    // MARK: Hashtags

    /// Compares a whole hashtag with the aliases written without spaces (M19).
    private mutating func findJoined(_ tag: Range<Int>) {
        let units = text.tokens[tag.lowerBound].units.lowerBound..<text.tokens[tag.upperBound - 1].units.upperBound
        let key = text.units[units].map(\.loose)
        guard let numbers = lexicon.joined[key] else { return }
        for number in numbers {
            let alias = lexicon.aliases[number]
            // What the tries found by camel case, or as one word, is found already.
            if alias.words.count == tag.count { continue }
            var at: Int? = units.lowerBound
            for word in alias.words {
                if let position = at { at = word.end(in: text.units, from: position, to: units.upperBound) }
            }
            guard at == units.upperBound else { continue }
            let first = text.tokens[tag.lowerBound]
            let end = text.tokens[tag.upperBound - 1].end
            candidates.append(
                Candidate(
                    alias: number, entity: alias.entity, field: field, first: tag.lowerBound,
                    last: tag.upperBound - 1,
                    start: first.start, end: end, aliasEnd: end, tier: 5, endingTokens: 0,
                    hasApostropheEnding: false,
                    isException: alias.isException, isBoilerplate: first.flags.contains(.boilerplate), doubt: nil,
                    support: nil))
        }
    }
}
