// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One document on its way through the matcher: find, decide, score. Confined to one call of `Matcher.match`.
final class DocumentMatch {
    private let compiled: CompiledWatchlist
    private let document: Document
    private let isExplaining: Bool
    private let fields: FieldTexts
    private let language: ItemLanguage
    /// Whether the language is told wherever it comes to.
    private let needsLanguage: Bool
    private var candidates: [Candidate] = []
    private var miscased: [Candidate] = []
    private var misended: [Candidate] = []
    private var terms: [TermMention] = []
    private var phrases: [TermMention] = []
    /// Sentences of the content that the summary has already (M38).
    private var repeated: Set<Int> = []

    init(_ compiled: CompiledWatchlist, _ document: Document, explaining: Bool, needsLanguage: Bool) {
        self.compiled = compiled
        self.document = document
        isExplaining = explaining
        let fields = FieldTexts(document, withAuthors: compiled.usesAuthors)
        self.fields = fields
        language = ItemLanguage(fields, document)
        self.needsLanguage = needsLanguage || explaining
    }

    init(_ compiled: CompiledWatchlist, _ reading: DocumentReading) {
        self.compiled = compiled
        document = reading.document
        isExplaining = false
        fields = reading.fields
        language = ItemLanguage(reading.fields, reading.document, known: reading.language)
        needsLanguage = true
    }

    /// Everything found.
    func run() -> MatchResult {
        find()
        return judge()
    }

    /// As `run`, and what of the watches that fire would not without each spelling that has an accepted mention: what
    /// was found is judged anew, as if no alias of the entity were spelled so (M54).
    func runWithReliance(on isWanted: (AliasPlace, MatchResult) -> Bool) -> MatchReliance {
        find()
        let found = candidates
        let result = judge()
        var reliance = MatchReliance(result: result, watches: [:])
        guard !result.watches.isEmpty else { return reliance }
        let fired = Set(result.watches.map(\.id))
        var told: Set<[String]> = []
        for (mention, alias) in zip(result.mentions, result.aliases)
        where mention.state == .accepted && isWanted(alias, result)
            && told.insert([mention.entity, mention.alias]).inserted
        {
            candidates = found.filter { candidate in
                candidate.isException || candidate.entity != alias.entity
                    || compiled.lexicon.aliases[candidate.alias].alias.text != mention.alias
            }
            let rest = firing(among: fired)
            let lost = result.watches.map(\.id).filter { !rest.contains($0) }
            if !lost.isEmpty { reliance.watches[alias] = lost }
        }
        return reliance
    }

    /// Which of some watches fire with the candidates as they are; `judge` has been here before.
    private func firing(among ids: Set<String>) -> Set<String> {
        var decider = Decider(compiled, document, fields, candidates)
        decider.run()
        candidates = decider.candidates
        let evaluator = evaluator(chooseMentions())
        _ = scoreTopics(evaluator)
        evaluator.notePresent()
        var firing: Set<String> = []
        for (number, watch) in compiled.watches.enumerated() where ids.contains(watch.watch.id) {
            let gate = compiled.gates.start(ofWatch: number)
            guard compiled.gates.isOpen(gate, evaluator.present) else { continue }
            var verdict = WatchVerdict(watch, evaluator, gate: gate)
            verdict.run()
            if verdict.fires { firing.insert(watch.watch.id) }
        }
        return firing
    }

    private func judge() -> MatchResult {
        if candidates.isEmpty, terms.isEmpty, phrases.isEmpty, !isExplaining, !compiled.firesOnNothing {
            let told = needsLanguage ? language.value : ("und", .none)
            return MatchResult(language: told.0, languageSource: told.1)
        }
        var decider = Decider(compiled, document, fields, candidates)
        decider.run()
        candidates = decider.candidates
        repeated = Repetition.sentences(of: fields[.content], in: fields[.summary])
        let chosen = chooseMentions()
        let evaluator = evaluator(chosen)
        let topics = scoreTopics(evaluator)
        let shown = inOrder(chosen + (isExplaining ? refused(beside: chosen) : []))
        let watches = scoreWatches(evaluator, shown)
        let told = needsLanguage || !watches.fired.isEmpty ? language.value : ("und", .none)
        return MatchResult(
            language: told.0, languageSource: told.1, entities: entityIDs(chosen),
            topics: topics.scores, watches: watches.fired, mentions: shown.map(mention),
            aliases: shown.map(aliasPlace), topicExplanations: topics.explanations,
            watchExplanations: watches.explanations)
    }

    // MARK: Find

    private func find() {
        for field in Mention.Field.allCases where field != .author || compiled.usesAuthors {
            guard !fields.texts[field.order].tokens.isEmpty else { continue }
            var finder = NameFinder(compiled.lexicon, fields[field], field: field, explaining: isExplaining)
            finder.run()
            candidates += finder.candidates
            miscased += finder.miscased
            misended += finder.misended
            terms += finder.terms
            phrases += finder.phrases
        }
    }

    /// A span and what was found there, by number.
    private struct Place: Hashable, Comparable {
        let field: Int
        let start: Int
        let end: Int
        let owner: Int

        @inline(__always)
        static func < (left: Place, right: Place) -> Bool {
            if left.field != right.field { return left.field < right.field }
            if left.start != right.start { return left.start < right.start }
            return left.end != right.end ? left.end < right.end : left.owner < right.owner
        }
    }

    private func place(_ candidate: Candidate) -> Place {
        Place(field: candidate.field.order, start: candidate.start, end: candidate.end, owner: candidate.entity)
    }

    /// One mention per span and entity: the best state, then the lowest tier, then file order (M36).
    private func chooseMentions() -> [Candidate] {
        let places = candidates.map(place)
        let ordered = candidates.indices.filter { !candidates[$0].isException }.sorted { left, right in
            if places[left] != places[right] { return places[left] < places[right] }
            let (a, b) = (candidates[left], candidates[right])
            return (a.state.rank, a.tier, a.alias, left) < (b.state.rank, b.tier, b.alias, right)
        }
        var chosen: [Candidate] = []
        var last: Place?
        for index in ordered where places[index] != last {
            last = places[index]
            chosen.append(candidates[index])
        }
        return chosen
    }

    /// What failed on case or ending where nothing was chosen; of endings the shortest is told, then file order.
    private func refused(beside chosen: [Candidate]) -> [Candidate] {
        var known = Set(chosen.map(place))
        let shortestFirst = misended.sorted { ($1.aliasEnd, $0.alias) < ($0.aliasEnd, $1.alias) }
        return (miscased + shortestFirst).filter { known.insert(place($0)).inserted }
    }

    private func entityIDs(_ chosen: [Candidate]) -> [String] {
        var ids: Set<String> = []
        for candidate in chosen where candidate.state == .accepted && candidate.field != .author {
            ids.insert(compiled.entities[candidate.entity].id)
        }
        return ids.sorted()
    }

    // MARK: Findings

    private func evaluator(_ chosen: [Candidate]) -> Evaluator {
        var entities: [Int: [Finding]] = [:]
        var absorbed = [Set<Int>](repeating: [], count: Mention.Field.allCases.count)
        for candidate in chosen where candidate.counts {
            let weight = compiled.lexicon.aliases[candidate.alias].weight
            entities[candidate.entity, default: []].append(
                finding(candidate.field, candidate.first, candidate.last, weight))
            if candidate.endingTokens > 0 { absorbed[candidate.field.order].insert(candidate.last) }
        }
        var topics: [Int: [Finding]] = [:]
        for mention in terms where !mention.isSilent {
            let term = compiled.lexicon.terms[mention.number]
            guard !term.isAgainst, counts(term) else { continue }
            topics[term.topic, default: []].append(
                finding(mention.field, mention.first, mention.last, term.term.weight))
        }
        var found: [Int: [Finding]] = [:]
        for mention in phrases where !mention.isSilent {
            found[mention.number, default: []].append(finding(mention.field, mention.first, mention.last, 60))
        }
        return Evaluator(
            compiled: compiled, document: document, language: language, fields: fields, entities: entities,
            topics: topics, phrases: found, absorbed: absorbed)
    }

    private func finding(_ field: Mention.Field, _ first: Int, _ last: Int, _ weight: Int) -> Finding {
        let isRepeated =
            !repeated.isEmpty && field == .content
            && repeated.contains(fields.texts[field.order].tokens[first].sentence)
        return Finding(field: field, first: first, last: last, weight: weight, isRepeated: isRepeated)
    }

    private func counts(_ term: CompiledTerm) -> Bool {
        !term.term.onlyInItsLanguage || term.term.language.rawValue == language.value.language
    }

    // MARK: Topics

    private func scoreTopics(
        _ evaluator: Evaluator
    ) -> (scores: [TopicScore], explanations: [TopicExplanation]) {
        let points = termPoints()
        var explanations: [TopicExplanation] = []
        var reached: [TopicScore] = []
        var first = 0
        evaluator.isBonus = true
        while first < points.count {
            let topic = points[first].topic
            let past = points[first...].firstIndex { $0.topic != topic } ?? points.count
            let compiledTopic = compiled.topics[topic]
            var score = points[first..<past].reduce(0) { $0 + $1.points }
            var lines = isExplaining ? points[first..<past].map(part) : []
            first = past
            for bonus in compiledTopic.bonuses {
                var ignored = Evaluator.Deciders()
                guard evaluator.topics[topic] != nil, evaluator.holds(bonus.when, in: FieldSet.prose, &ignored)
                else {
                    continue
                }
                score += bonus.add
                if isExplaining { lines.append(ScorePart(name: bonus.when.text, points: bonus.add)) }
            }
            score = max(0, score)
            evaluator.topicScores[topic] = score
            if score >= compiledTopic.threshold, score > 0 {
                reached.append(TopicScore(id: compiledTopic.id, score: score))
            }
            guard isExplaining else { continue }
            explanations.append(
                TopicExplanation(
                    id: compiledTopic.id, score: score, threshold: compiledTopic.threshold, parts: lines))
        }
        evaluator.isBonus = false
        explanations.sort { ($1.score, $0.id) < ($0.score, $1.id) }
        reached.sort { ($1.score, $0.id) < ($0.score, $1.id) }
        return (reached, explanations)
    }

    /// What one term adds to its topic's score, or takes.
    private struct TermPoints {
        let topic: Int
        let number: Int
        var points: Int
    }

    private func part(_ term: TermPoints) -> ScorePart {
        ScorePart(name: compiled.lexicon.terms[term.number].term.text, points: term.points)
    }

    /// What each term adds or takes, by topic and term; of several terms of a topic at one span the heaviest counts.
    private func termPoints() -> [TermPoints] {
        var rivals: [(place: Place, weight: Int, number: Int, index: Int)] = []
        for (index, mention) in terms.enumerated()
        where !mention.isSilent && FieldSet.prose.contains(mention.field) {
            let term = compiled.lexicon.terms[mention.number]
            guard counts(term) else { continue }
            let owner = term.isAgainst ? -1 - term.topic : term.topic
            let place = Place(field: mention.field.order, start: mention.start, end: mention.end, owner: owner)
            rivals.append((place, term.term.weight, mention.number, index))
        }
        rivals.sort {
            $0.place != $1.place ? $0.place < $1.place : ($1.weight, $0.number) < ($0.weight, $1.number)
        }
        var best: [(topic: Int, number: Int, finding: Finding)] = []
        for (at, rival) in rivals.enumerated() where at == 0 || rivals[at - 1].place != rival.place {
            let mention = terms[rival.index]
            best.append(
                (
                    compiled.lexicon.terms[rival.number].topic, rival.number,
                    finding(mention.field, mention.first, mention.last, rival.weight)
                ))
        }
        best.sort { ($0.topic, $0.number) < ($1.topic, $1.number) }
        var all: [TermPoints] = []
        var first = 0
        while first < best.count {
            let (topic, number) = (best[first].topic, best[first].number)
            let past = best[first...].firstIndex { $0.number != number } ?? best.count
            let points = Contribution.of(best[first..<past].lazy.map(\.finding), in: FieldSet.prose)
            let sign = compiled.lexicon.terms[number].isAgainst ? -1 : 1
            if points != 0 { all.append(TermPoints(topic: topic, number: number, points: sign * points)) }
            first = past
        }
        return all
    }

    // MARK: Watches

    private func scoreWatches(
        _ evaluator: Evaluator, _ shown: [Candidate]
    ) -> (fired: [WatchMatch], explanations: [WatchExplanation]) {
        var fired: [WatchMatch] = []
        var explanations: [WatchExplanation] = []
        evaluator.notePresent()
        for (number, watch) in compiled.watches.enumerated() where watch.watch.isEnabled {
            let gate = compiled.gates.start(ofWatch: number)
            guard isExplaining || compiled.gates.isOpen(gate, evaluator.present) else { continue }
            var verdict = WatchVerdict(watch, evaluator, gate: gate)
            verdict.run()
            if verdict.fires {
                fired.append(WatchMatch(id: watch.watch.id, score: verdict.score, severity: watch.watch.severity))
            }
            if isExplaining { explanations.append(verdict.explanation(shown)) }
        }
        fired.sort {
            $0.severity != $1.severity ? $0.severity > $1.severity : ($1.score, $0.id) < ($0.score, $1.id)
        }
        return (fired, explanations)
    }

    // MARK: Mentions

    /// What the result shows, by field, place and entity.
    private func inOrder(_ all: [Candidate]) -> [Candidate] {
        let shown = all.filter {
            isExplaining || ($0.state != .rejected && $0.field != .author)
        }
        return shown.sorted { left, right in
            let (a, b) = ((left.field.order, left.start, left.end), (right.field.order, right.start, right.end))
            if a != b { return a < b }
            return compiled.entities[left.entity].id < compiled.entities[right.entity].id
        }
    }

    private func mention(_ candidate: Candidate) -> Mention {
        let text = fields[candidate.field]
        let alias = compiled.lexicon.aliases[candidate.alias]
        return Mention(
            entity: compiled.entities[candidate.entity].id, alias: alias.alias.text, field: candidate.field,
            start: candidate.start, end: candidate.end, text: text.text(candidate.start, candidate.end),
            tier: candidate.tier, suffix: text.text(candidate.aliasEnd, candidate.end), state: candidate.state,
            reason: reason(of: candidate, text))
    }

    private func aliasPlace(_ candidate: Candidate) -> AliasPlace {
        AliasPlace(entity: candidate.entity, alias: compiled.lexicon.aliases[candidate.alias].index)
    }

    private func reason(of candidate: Candidate, _ text: FieldText) -> String {
        switch candidate.reason {
        case .plain: "plain"
        case .longForm: "long-form"
        case .givenName: "given-name"
        case .boilerplate: "boilerplate"
        case .urlOnly: "url-only"
        case .coName(let entity): "co-name:" + compiled.entities[entity].id
        case .feed(let index): "feed:" + compiled.entities[candidate.entity].anchorFeeds[index]
        case .title(let word): "title:" + text.text(word)
        case .hint(let entity): "hint:" + compiled.entities[entity].id
        case .letterCase: "case"
        case .ending: "ending:" + text.text(candidate.aliasEnd, candidate.end)
        case .allCaps: "all-caps"
        case .sentenceStart: "sentence-start"
        case .gender: "gender"
        case .noAnchor: "no-anchor"
        case .dates: "dates"
        case .blockLeft(let word): "block-left:" + text.text(word)
        case .blockRight(let word): "block-right:" + text.text(word)
        case .blockNear(let word): "block-near:" + text.text(word)
        case .otherBearer(let word): "other-bearer:" + text.text(word)
        case .inside(let entity): "inside:" + compiled.entities[entity].id
        }
    }
}

extension Mention.State {
    /// Accepted comes first.
    var rank: Int {
        switch self {
        case .accepted: 0
        case .candidate: 1
        case .rejected: 2
        }
    }
}
