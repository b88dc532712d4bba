// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Decides on the candidates of one document (M28–M37). Confined to one call of `Matcher.match`.
struct Decider {
    let compiled: CompiledWatchlist
    let document: Document
    let fields: FieldTexts
    var candidates: [Candidate]
    /// Entities with a strong mention (M35).
    private var strong: Set<Int> = []
    private var blockedNear: [Int: Range<Int>] = [:]
    private var feedSupport: [Int: Int?] = [:]
    /// Tokens that candidates cover: the entity, or -1 where several do.
    private var covered: [TokenPlace: Int] = [:]

    private struct TokenPlace: Hashable {
        let field: Int
        let token: Int

        init(_ field: Mention.Field, _ token: Int) {
            self.field = field.order
            self.token = token
        }
    }

    /// A word nearby is looked for this many tokens to either side: a bound for text without sentences (M64).
    static let mostTokensNearby = 300

    init(_ compiled: CompiledWatchlist, _ document: Document, _ fields: FieldTexts, _ candidates: [Candidate]) {
        self.compiled = compiled
        self.document = document
        self.fields = fields
        self.candidates = candidates
    }

    /// Gives every candidate its state and reason.
    mutating func run() {
        // Only surnames ask whose name the word before is.
        let hasSurname = candidates.contains { compiled.lexicon.aliases[$0.alias].isSurname }
        for candidate in candidates where hasSurname && !candidate.isException {
            for token in candidate.first...candidate.last {
                let place = TokenPlace(candidate.field, token)
                let other = covered[place, default: candidate.entity]
                covered[place] = other == candidate.entity ? other : -1
            }
        }
        var alive: [Int] = []
        for index in candidates.indices where passes(index) { alive.append(index) }
        resolve(alive.filter { blockedNear[$0] == nil })
        // A word nearby rejects only where the item holds no strong mention (M29).
        let revived = alive.filter { blockedNear[$0] != nil && strong.contains(candidates[$0].entity) }
        if !revived.isEmpty {
            let kept = Set(revived)
            resolve(alive.filter { blockedNear[$0] == nil || kept.contains($0) })
        }
        for (index, word) in blockedNear where !strong.contains(candidates[index].entity) {
            reject(index, .blockNear(word))
        }
    }

    private mutating func reject(_ index: Int, _ reason: Reason) {
        candidates[index].state = .rejected
        candidates[index].reason = reason
    }

    // MARK: M28–M30

    /// Dates, case that proves nothing, blocks, surname: whether the candidate takes part in M31.
    private mutating func passes(_ index: Int) -> Bool {
        let candidate = candidates[index]
        let alias = compiled.lexicon.aliases[candidate.alias]
        guard !candidate.isException else { return true }
        let text = fields[candidate.field]
        if let published = document.published,
            alias.alias.from.map({ published < $0 }) ?? false || alias.alias.to.map({ published >= $0 }) ?? false
        {
            reject(index, .dates)
            return false
        }
        candidates[index].doubt = doubt(candidate, alias, text)
        if let reason = blocked(candidate, text) {
            reject(index, reason)
            return false
        }
        if let word = nearWord(candidate, text) { blockedNear[index] = word }
        guard alias.isSurname else { return true }
        return passesSurname(index, alias, text)
    }

    private func doubt(_ candidate: Candidate, _ alias: CompiledAlias, _ text: FieldText) -> Reason? {
        guard candidate.field != .url else { return nil }
        let first = text.tokens[candidate.first]
        let isExact = alias.alias.letterCase == .exact
        if isExact || alias.alias.isAmbiguous, text.paragraphs[first.paragraph].isAllCapitals { return .allCaps }
        guard alias.alias.isAmbiguous, alias.words.count == 1, first.flags.contains(.sentenceStart),
            !first.flags.contains(.tag), !candidate.hasApostropheEnding
        else { return nil }
        return .sentenceStart
    }

    private func blocked(_ candidate: Candidate, _ text: FieldText) -> Reason? {
        for words in compiled.entities[candidate.entity].blocksLeft
        where fits(words, endingBefore: candidate.first, text) {
            let first = text.tokens[candidate.first - words.count]
            return .blockLeft(first.start..<text.tokens[candidate.first - 1].end)
        }
        for words in compiled.entities[candidate.entity].blocksRight
        where fits(words, from: candidate.last + 1, text, after: candidate.last) {
            let first = text.tokens[candidate.last + 1]
            return .blockRight(first.start..<text.tokens[candidate.last + words.count].end)
        }
        return nil
    }

    private func nearWord(_ candidate: Candidate, _ text: FieldText) -> Range<Int>? {
        let blocks = compiled.entities[candidate.entity].blocksNear
        guard !blocks.isEmpty else { return nil }
        let first = text.sentenceStart(of: candidate.first, within: Self.mostTokensNearby)
        for at in first..<text.sentenceEnd(of: candidate.first, within: Self.mostTokensNearby) {
            for words in blocks where fits(words, from: at, text, after: candidate.first) {
                return text.tokens[at].start..<text.tokens[at + words.count - 1].end
            }
        }
        return nil
    }

    private func fits(_ words: [Spelling], endingBefore first: Int, _ text: FieldText) -> Bool {
        guard !words.isEmpty, first - words.count >= 0, isDirect(text.tokens[first].joint) else { return false }
        return fits(words, from: first - words.count, text, after: first)
    }

    /// Whether tokens from `at` on, in the sentence of token `after`, spell the words.
    private func fits(_ words: [Spelling], from at: Int, _ text: FieldText, after: Int) -> Bool {
        guard !words.isEmpty, at + words.count <= text.tokens.count else { return false }
        if at == after + 1, !isDirect(text.tokens[at].joint) { return false }
        for (index, word) in words.enumerated() {
            let token = text.tokens[at + index]
            guard token.sentence == text.tokens[after].sentence,
                word.end(in: text.units, from: token.units.lowerBound, to: token.units.upperBound)
                    == token.units.upperBound
            else { return false }
        }
        return true
    }

    private func isDirect(_ joint: Joint) -> Bool {
        switch joint {
        case .space, .hyphen, .dotSpace, .dot, .camel, .none, .apostrophe: true
        case .start, .slash, .other, .lineBreak: false
        }
    }

    private mutating func passesSurname(_ index: Int, _ alias: CompiledAlias, _ text: FieldText) -> Bool {
        let candidate = candidates[index]
        let covered = self.covered
        let rule = SurnameRule(
            text: text, givenNames: compiled.entities[candidate.entity].givenNames,
            bearers: compiled.entities[candidate.entity].bearers
        ) { token in
            let owner = covered[TokenPlace(candidate.field, token)]
            return owner.map { $0 != candidate.entity } ?? false
        }
        switch rule.verdict(surnameAt: candidate.first) {
        case .goesOn:
            if text.tokens[candidate.first].flags.contains(.sentenceStart), looksFeminine(candidate, alias, text) {
                candidates[index].doubt = candidates[index].doubt ?? .gender
            }
        case .supported(let reason):
            candidates[index].support = reason
            if case .title = reason { candidates[index].doubt = nil }
        case .rejected(let reason):
            reject(index, reason)
            return false
        }
        return true
    }

    /// An ending `a`, `а`, that may make a woman's surname of it.
    private func looksFeminine(_ candidate: Candidate, _ alias: CompiledAlias, _ text: FieldText) -> Bool {
        guard candidate.endingTokens == 0, let word = alias.words.last else { return false }
        let units = text.units[text.tokens[candidate.last].units]
        switch alias.alias.language {
        case .tr, .az: return units.count == word.looseKey.count + 1 && units.last?.strict == 0x61
        case .ru: return units.last?.strict == 0x430 && word.strict.last != 0x430
        case .en, .fr, .de, .es, .zh, .any: return false
        }
    }

    // MARK: M31–M35

    private mutating func resolve(_ alive: [Int]) {
        var winners = sweep(alive)
        strong = []
        addStrong(winners)
        for index in winners { decide(index) }
        // M34: what a rejected mention displaced takes part once more.
        let fallen = winners.filter { candidates[$0].state == .rejected && !candidates[$0].isException }
        guard !fallen.isEmpty else { return }
        let isWinner = Set(winners)
        var freed: Set<TokenPlace> = []
        for index in fallen {
            for token in candidates[index].first...candidates[index].last {
                freed.insert(TokenPlace(candidates[index].field, token))
            }
        }
        let released = alive.filter { index in
            let candidate = candidates[index]
            return !isWinner.contains(index)
                && freed.contains(TokenPlace(candidate.field, candidate.first))
        }
        guard !released.isEmpty else { return }
        winners = sweep(winners.filter { !fallen.contains($0) } + released)
        let again = winners.filter { !isWinner.contains($0) }
        addStrong(again)
        for index in again { decide(index) }
    }

    private mutating func addStrong(_ winners: [Int]) {
        for index in winners where isStrong(candidates[index]) { strong.insert(candidates[index].entity) }
    }

    private func isStrong(_ candidate: Candidate) -> Bool {
        let alias = compiled.lexicon.aliases[candidate.alias]
        return !candidate.isException && candidate.doubt == nil && !candidate.isBoilerplate
            && !alias.alias.isAnchored
            && !alias.isSurname && candidate.field != .url && candidate.field != .author
    }

    /// Leftmost-longest (M31): the survivors; the others are rejected.
    private mutating func sweep(_ alive: [Int]) -> [Int] {
        let sorted = alive.sorted { left, right in
            let (a, b) = (candidates[left], candidates[right])
            if a.field.order != b.field.order { return a.field.order < b.field.order }
            if a.start != b.start { return a.start < b.start }
            if a.end != b.end { return a.end > b.end }
            return a.isException != b.isException ? a.isException : left < right
        }
        var winners: [Int] = []
        var open: [Int] = []
        var field = -1
        for index in sorted {
            let candidate = candidates[index]
            if candidate.field.order != field {
                field = candidate.field.order
                open = []
            }
            open.removeAll { candidates[$0].end <= candidate.start }
            if let blocker = open.first(where: { blocks(candidates[$0], candidate) }) {
                reject(index, .inside(candidates[blocker].entity))
            } else {
                winners.append(index)
                open.append(index)
            }
        }
        return winners
    }

    private func blocks(_ winner: Candidate, _ candidate: Candidate) -> Bool {
        if winner.start == candidate.start, winner.end == candidate.end {
            return winner.isException && !candidate.isException
        }
        return winner.isException || !compiled.entities[winner.entity].includes.contains(candidate.entity)
    }

    /// Evidence (M32, M33).
    private mutating func decide(_ index: Int) {
        let candidate = candidates[index]
        guard !candidate.isException else { return }
        let alias = compiled.lexicon.aliases[candidate.alias]
        if let reason = evidence(candidate, alias) {
            let isSeen = candidate.isBoilerplate || candidate.field == .url
            candidates[index].state = isSeen ? .candidate : .accepted
            candidates[index].reason =
                candidate.field == .url ? .urlOnly : candidate.isBoilerplate ? .boilerplate : reason
        } else if let hint = compiled.entities[candidate.entity].hints.first(where: strong.contains) {
            candidates[index].state = .candidate
            candidates[index].reason = .hint(hint)
        } else {
            reject(index, candidate.doubt ?? .noAnchor)
        }
    }

    private mutating func evidence(_ candidate: Candidate, _ alias: CompiledAlias) -> Reason? {
        let isStrong = strong.contains(candidate.entity)
        if alias.alias.isAnchored {
            if isStrong { return .longForm }
            if candidate.doubt != nil { return nil }
            if let name = strongCoName(of: candidate.entity) { return .coName(name) }
            return supportingFeed(of: candidate.entity).map { .feed($0) }
        }
        if candidate.doubt == nil { return candidate.support ?? .plain }
        if isStrong { return .longForm }
        if let support = candidate.support { return support }
        return strongCoName(of: candidate.entity).map { .coName($0) }
    }

    private func strongCoName(of entity: Int) -> Int? {
        compiled.entities[entity].context.first(where: strong.contains)
    }

    /// The index of the anchor feed that supports an entity in this document, or nil.
    private mutating func supportingFeed(of entity: Int) -> Int? {
        if let known = feedSupport[entity] { return known }
        let hosts = [document.feedURL, document.url, document.feedID].map(Host.of)
        let found = compiled.entities[entity].anchorFeeds.firstIndex { anchor in
            anchor == document.feedID || hosts.contains { Host.covers(anchor, $0) }
        }
        feedSupport[entity] = .some(found)
        return found
    }
}

extension Mention.Field {
    /// The order in which fields are listed.
    var order: Int {
        switch self {
        case .title: 0
        case .summary: 1
        case .content: 2
        case .url: 3
        case .author: 4
        }
    }
}

/// Host names of addresses, compared with feed anchors (M2).
enum Host {
    /// The host of a URL, or a bare host; lower case, empty for none.
    static func of(_ address: String) -> String {
        var rest = Substring(address)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        if let end = rest.firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }) { rest = rest[..<end] }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if let colon = rest.firstIndex(of: ":") { rest = rest[..<colon] }
        return rest.lowercased()
    }

    /// Whether `host` is `anchor` or one of its subdomains.
    static func covers(_ anchor: String, _ host: String) -> Bool {
        guard !anchor.isEmpty, !host.isEmpty else { return false }
        return host == anchor || host.hasSuffix("." + anchor)
    }
}
