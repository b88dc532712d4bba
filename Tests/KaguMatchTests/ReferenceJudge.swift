// SPDX-License-Identifier: Apache-2.0

import KaguModel

@testable import KaguMatch

/// M28–M35 once more: what becomes of the finds of one document.
struct ReferenceJudge {
    typealias Find = ReferenceMatcher.Find

    let reference: ReferenceMatcher
    let document: Document
    let fields: [Mention.Field: FieldText]
    var finds: [Find]
    private var strong: Set<Int> = []

    init(
        reference: ReferenceMatcher, document: Document, fields: [Mention.Field: FieldText],
        finds: [Find]
    ) {
        self.reference = reference
        self.document = document
        self.fields = fields
        self.finds = finds
    }

    private func text(_ find: Find) -> FieldText { fields[find.field] ?? FieldText() }

    private func entity(_ find: Find) -> Entity { reference.watchlist.entities[find.entity] }

    mutating func run() {
        for index in finds.indices where !finds[index].isException { judge(index) }
        let alive = finds.indices.filter { finds[$0].isAlive }
        resolve(alive.filter { finds[$0].near == nil })
        let revived = Set(alive.filter { finds[$0].near != nil && strong.contains(finds[$0].entity) })
        if !revived.isEmpty { resolve(alive.filter { finds[$0].near == nil || revived.contains($0) }) }
        for index in alive {
            guard let word = finds[index].near, !strong.contains(finds[index].entity) else { continue }
            reject(index, "block-near:" + word)
        }
    }

    private mutating func reject(_ index: Int, _ reason: String) {
        finds[index].state = "rejected"
        finds[index].reason = reason
    }

    private mutating func kill(_ index: Int, _ reason: String) {
        reject(index, reason)
        finds[index].isAlive = false
    }

    // MARK: M3, M28, M29

    private mutating func judge(_ index: Int) {
        let find = finds[index]
        let (text, alias) = (text(find), find.alias)
        if let published = document.published {
            let isEarly = alias.from.map { published < $0 } ?? false
            let isLate = alias.to.map { published >= $0 } ?? false
            if isEarly || isLate { return kill(index, "dates") }
        }
        let token = text.tokens[find.first]
        if find.field != .url {
            if alias.letterCase == .exact || alias.isAmbiguous, isAllCapitals(token.paragraph, text) {
                finds[index].doubt = "all-caps"
            } else if alias.isAmbiguous, Tokenizer.cut(alias.text, mode: .name).tokens.count == 1,
                token.flags.contains(.sentenceStart), !token.flags.contains(.tag), !find.hasApostrophe
            {
                finds[index].doubt = "sentence-start"
            }
        }
        for block in entity(find).blocks.left {
            let words = Tokenizer.cut(block, mode: .name)
            let from = find.first - words.tokens.count
            if from >= 0, isDirect(text.tokens[find.first].joint), spells(words, from, text, find.first) {
                return kill(
                    index, "block-left:" + text.text(text.tokens[from].start, text.tokens[find.first - 1].end))
            }
        }
        for block in entity(find).blocks.right {
            let words = Tokenizer.cut(block, mode: .name)
            let from = find.last + 1
            if from < text.tokens.count, isDirect(text.tokens[from].joint), spells(words, from, text, find.last) {
                let end = text.tokens[find.last + words.tokens.count].end
                return kill(index, "block-right:" + text.text(text.tokens[from].start, end))
            }
        }
        if let word = nearWord(find, text) { finds[index].near = word }
        if alias.surname != nil { judgeSurname(index) }
    }

    private func isDirect(_ joint: Joint) -> Bool {
        [.space, .hyphen, .dotSpace, .dot, .camel, .none, .apostrophe].contains(joint)
    }

    private func spells(_ words: FieldText, _ from: Int, _ text: FieldText, _ other: Int) -> Bool {
        guard !words.tokens.isEmpty, from + words.tokens.count <= text.tokens.count else { return false }
        return words.tokens.indices.allSatisfy { index in
            let token = text.tokens[from + index]
            let letters = ReferenceLetters.of(token, text)
            return token.sentence == text.tokens[other].sentence
                && ReferenceLetters.prefixes(letters, ReferenceLetters.of(words.tokens[index], words))
                    == [letters.count]
        }
    }

    private func nearWord(_ find: Find, _ text: FieldText) -> String? {
        for at in text.tokens.indices where text.tokens[at].sentence == text.tokens[find.first].sentence {
            for block in entity(find).blocks.near {
                let words = Tokenizer.cut(block, mode: .name)
                if at == find.first + 1, !isDirect(text.tokens[at].joint) { continue }
                guard spells(words, at, text, find.first) else { continue }
                return text.text(text.tokens[at].start, text.tokens[at + words.tokens.count - 1].end)
            }
        }
        return nil
    }

    /// At least four words of two letters, 80 % of them in capitals.
    private func isAllCapitals(_ paragraph: Int, _ text: FieldText) -> Bool {
        let words = words(paragraph, text, letters: 2)
        return words.count >= 4 && words.filter { $0.flags.contains(.allCapitals) }.count * 10 >= words.count * 8
    }

    /// At least four words of four letters, 80 % of them with a capital.
    private func isTitleCase(_ paragraph: Int, _ text: FieldText) -> Bool {
        let words = words(paragraph, text, letters: 4)
        return words.count >= 4 && words.filter { $0.flags.contains(.capital) }.count * 10 >= words.count * 8
    }

    private func words(_ paragraph: Int, _ text: FieldText, letters: Int) -> [Token] {
        text.tokens.filter {
            $0.paragraph == paragraph && $0.units.count >= letters && !$0.flags.contains(.dead)
                && !$0.flags.contains(.number)
        }
    }

    // MARK: M30

    private mutating func judgeSurname(_ index: Int) {
        let find = finds[index]
        let text = text(find)
        var verdict = "goes on"
        if find.first > 0, [.space, .dotSpace, .dot, .camel].contains(text.tokens[find.first].joint),
            text.tokens[find.first - 1].sentence == text.tokens[find.first].sentence
        {
            verdict = self.verdict(find, before: find.first - 1, text)
        }
        switch verdict {
        case "goes on":
            if text.tokens[find.first].flags.contains(.sentenceStart), isFeminine(find, text) {
                finds[index].doubt = finds[index].doubt ?? "gender"
            }
        case _ where verdict.hasPrefix("other-bearer:"): kill(index, verdict)
        default:
            finds[index].support = verdict
            if verdict.hasPrefix("title:") { finds[index].doubt = nil }
        }
    }

    private func verdict(_ find: Find, before: Int, _ text: FieldText) -> String {
        let token = text.tokens[before]
        let word = text.text(of: token)
        if !token.flags.isDisjoint(with: [.number, .dead, .lowerCase]) { return "goes on" }
        let given = entity(find).aliases.flatMap { $0.surname ?? [] }
        if given.contains(where: { fits($0, endingAt: before, text) }) { return "given-name" }
        let isDotted = token.flags.contains(.dotted) && token.units.count <= 3
        let isInitial = token.flags.contains(.allCapitals) && (token.units.count == 1 || isDotted)
        let initial = ReferenceLetters.of(token, text).first
        if isInitial,
            given.contains(where: { name in
                let cut = Tokenizer.cut(name, mode: .name)
                guard let own = ReferenceLetters.of(cut.tokens[0], cut).first, let initial else { return false }
                return initial.strict == own.strict || String(scalars: [initial.strict]) == own.loose
            })
        {
            return "given-name"
        }
        if entity(find).bearers.contains(where: { fits($0, endingAt: before, text) }) {
            return "other-bearer:" + word
        }
        if NeighbourWords.isTitle(text.units[token.units]) { return "title:" + word }
        if NeighbourWords.isFunctionWord(text.units[token.units]) { return "goes on" }
        if isInitial { return "other-bearer:" + word }
        let isOthers = finds.contains {
            !$0.isException && $0.entity != find.entity && $0.field == find.field && $0.first <= before
                && before <= $0.last
        }
        if isOthers || token.flags.contains(.allCapitals) || isAllCapitals(token.paragraph, text)
            || isTitleCase(token.paragraph, text) || !token.flags.contains(.capital)
        {
            return "goes on"
        }
        return "other-bearer:" + word
    }

    /// Whether a given name, in one of its forms, ends at a token.
    private func fits(_ name: String, endingAt last: Int, _ text: FieldText) -> Bool {
        let cut = Tokenizer.cut(name, mode: .name)
        guard last - cut.tokens.count + 1 >= 0 else { return false }
        return cut.tokens.indices.allSatisfy { index in
            let letters = ReferenceLetters.of(text.tokens[last - cut.tokens.count + 1 + index], text)
            let word = ReferenceLetters.of(cut.tokens[index], cut)
            let isRussian = word.contains { (0x400...0x4FF).contains($0.strict) }
            let forms =
                isRussian
                ? RussianForms.of(String(scalars: word.map(\.strict))) : [String(scalars: word.map(\.composed))]
            return forms.contains { form in
                let own = Tokenizer.cut(form, mode: .name)
                let spelling = ReferenceLetters.of(own.tokens[0], own)
                guard let length = ReferenceLetters.prefixes(letters, spelling).first else { return false }
                if length == letters.count { return true }
                let rest = letters[length...].map(\.loose).joined()
                return index == cut.tokens.count - 1 && spelling.count >= 4
                    && ReferenceEndings.isChain(rest, dental: "dt")
            }
        }
    }

    private func isFeminine(_ find: Find, _ text: FieldText) -> Bool {
        guard !find.hasJointEnding else { return false }
        let letters = ReferenceLetters.of(text.tokens[find.last], text)
        let cut = Tokenizer.cut(find.alias.text, mode: .name)
        let word = ReferenceLetters.of(cut.tokens[cut.tokens.count - 1], cut)
        switch find.alias.language {
        case .tr, .az: return letters.count == word.count + 1 && letters.last?.strict == 0x61
        case .ru: return letters.last?.strict == 0x430 && word.last?.strict != 0x430
        default: return false
        }
    }

    // MARK: M31–M35

    private mutating func resolve(_ alive: [Int]) {
        for index in finds.indices { finds[index].isWinner = false }
        let winners = sweep(alive)
        strong = Set(winners.filter { isStrong(finds[$0]) }.map { finds[$0].entity })
        for index in winners { decide(index) }
        let fallen = winners.filter { finds[$0].state == "rejected" && !finds[$0].isException }
        let released = alive.filter { index in
            !winners.contains(index)
                && fallen.contains { fall in
                    finds[fall].field == finds[index].field
                        && (finds[fall].first...finds[fall].last).contains(finds[index].first)
                }
        }
        guard !released.isEmpty else { return }
        let again = sweep(winners.filter { !fallen.contains($0) } + released).filter { !winners.contains($0) }
        strong.formUnion(again.filter { isStrong(finds[$0]) }.map { finds[$0].entity })
        for index in again { decide(index) }
    }

    private func isStrong(_ find: Find) -> Bool {
        !find.isException && find.doubt == nil && !find.isBoilerplate && !find.alias.isAnchored
            && find.alias.surname == nil && find.field != .url
    }

    /// Leftmost, then longest, then exceptions: who begins inside an earlier winner that does not include it loses.
    private mutating func sweep(_ alive: [Int]) -> [Int] {
        let order = alive.sorted { left, right in
            let (a, b) = (finds[left], finds[right])
            if a.field != b.field { return a.field.order < b.field.order }
            if a.start != b.start { return a.start < b.start }
            if a.end != b.end { return a.end > b.end }
            return a.isException && !b.isException
        }
        var winners: [Int] = []
        for index in order {
            let find = finds[index]
            let blocker = winners.first { other in
                let winner = finds[other]
                guard winner.field == find.field, winner.end > find.start else { return false }
                if winner.start == find.start, winner.end == find.end {
                    return winner.isException && !find.isException
                }
                let included = entity(winner).includes.flatMap { members($0.id) }
                return winner.isException || !included.contains(find.entity)
            }
            if let blocker {
                reject(index, "inside:" + entity(finds[blocker]).id)
            } else {
                winners.append(index)
            }
        }
        return winners
    }

    /// The entities that an id stands for.
    private func members(_ id: String) -> [Int] {
        if let number = reference.numbers[id] { return [number] }
        let group = reference.watchlist.groups.first { $0.id == id }
        return (group?.members ?? []).flatMap { members($0.id) }
    }

    private mutating func decide(_ index: Int) {
        let find = finds[index]
        guard !find.isException else { return }
        if let reason = evidence(find) {
            finds[index].state = find.field == .url || find.isBoilerplate ? "candidate" : "accepted"
            finds[index].reason = find.field == .url ? "url-only" : find.isBoilerplate ? "boilerplate" : reason
        } else if let hint = first(entity(find).hints) {
            finds[index].state = "candidate"
            finds[index].reason = "hint:" + hint
        } else {
            reject(index, find.doubt ?? "no-anchor")
        }
    }

    private func first(_ references: [Reference]) -> String? {
        references.flatMap { members($0.id) }.first(where: strong.contains)
            .map { reference.watchlist.entities[$0].id }
    }

    private func evidence(_ find: Find) -> String? {
        let isStrong = strong.contains(find.entity)
        if find.alias.isAnchored {
            if isStrong { return "long-form" }
            if find.doubt != nil { return nil }
            return first(entity(find).context).map { "co-name:" + $0 } ?? feed(find).map { "feed:" + $0 }
        }
        if find.doubt == nil { return find.support ?? "plain" }
        return isStrong ? "long-form" : find.support ?? first(entity(find).context).map { "co-name:" + $0 }
    }

    private func feed(_ find: Find) -> String? {
        entity(find).anchorFeeds.first { anchor in
            anchor == document.feedID
                || [document.feedURL, document.url, document.feedID].contains { address in
                    let host = address.lowercased().split(separator: "/").first { $0.contains(".") } ?? ""
                    return host == anchor || host.hasSuffix("." + anchor)
                }
        }
    }
}
