// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Compiles a watchlist, gathering every problem on the way (M56–M58).
struct WatchlistCompiler {
    let watchlist: Watchlist
    private(set) var problems: [ConfigProblem] = []
    private(set) var warnings: [ConfigProblem] = []
    private var entityNumbers: [String: Int] = [:]
    private var topicNumbers: [String: Int] = [:]
    private var groupMembers: [String: [Int]] = [:]
    private var phraseNumbers: [String: Int] = [:]
    private var phrases: [CompiledPhrase] = []

    init(_ watchlist: Watchlist) { self.watchlist = watchlist }

    /// The compiled watchlist, or every problem; warnings are gathered either way.
    mutating func compile() throws(WatchlistProblems) -> CompiledWatchlist {
        number()
        flattenGroups()
        var checks = WatchlistChecks(watchlist)
        checks.run()
        problems += checks.problems
        warnings += checks.warnings
        let entities = watchlist.entities.map { entity($0) }
        let (aliases, texts) = aliases()
        let terms = terms()
        let topics = watchlist.topics.map { topic in
            CompiledTopic(
                id: topic.id, threshold: topic.threshold,
                bonuses: topic.bonuses.compactMap { bonus in
                    expression(bonus.when, Satisfiability()).map { ($0, bonus.add) }
                })
        }
        let limits = ScoreLimits(watchlist)
        let watches = watchlist.watches.compactMap { watch($0, limits) }
        guard problems.isEmpty else { throw WatchlistProblems(problems: problems.inFileOrder) }
        var operands = OperandNumbers()
        let gates = WatchGates(watches, &operands)
        let quiet = QuietNames(
            topics: topics, phraseCount: phrases.count, watches: watches, gates: gates, operands: operands)
        let lexicon = Lexicon(
            aliases: aliases, aliasTexts: texts, terms: terms, phrases: phrases, quiet: quiet,
            fedEntities: Set(entities.indices.filter { !entities[$0].anchorFeeds.isEmpty }))
        return CompiledWatchlist(
            entities: entities, lexicon: lexicon, topics: topics, watches: watches, operands: operands, gates: gates
        )
    }

    // MARK: Ids

    private mutating func number() {
        var seen: [String: SourceLocation] = [:]
        for (index, entity) in watchlist.entities.enumerated() {
            if isNew(entity.id, entity.location, &seen) { entityNumbers[entity.id] = index }
        }
        for group in watchlist.groups { _ = isNew(group.id, group.location, &seen) }
        for (index, topic) in watchlist.topics.enumerated() {
            if isNew(topic.id, topic.location, &seen) { topicNumbers[topic.id] = index }
        }
        for watch in watchlist.watches { _ = isNew(watch.id, watch.location, &seen) }
    }

    private mutating func isNew(
        _ id: String, _ location: SourceLocation, _ seen: inout [String: SourceLocation]
    ) -> Bool {
        if let first = seen[id] {
            problems.append(ConfigProblem("the id \"\(id)\" is taken; it is defined at \(first)", at: location))
            return false
        }
        seen[id] = location
        return true
    }

    private mutating func flattenGroups() {
        let groups = Dictionary(watchlist.groups.map { ($0.id, $0) }) { first, _ in first }
        for group in watchlist.groups {
            var members: [Int] = []
            var path: [String] = []
            flatten(group, groups, &path, &members, reporting: true)
            groupMembers[group.id] = members
        }
    }

    private mutating func flatten(
        _ group: EntityGroup, _ groups: [String: EntityGroup], _ path: inout [String], _ members: inout [Int],
        reporting: Bool
    ) {
        path.append(group.id)
        defer { path.removeLast() }
        for member in group.members {
            if let entity = entityNumbers[member.id] {
                if !members.contains(entity) { members.append(entity) }
            } else if let inner = groups[member.id] {
                if path.contains(inner.id) {
                    if reporting, inner.id == path.first {
                        let circle = (path + [inner.id]).joined(separator: " → ")
                        problems.append(ConfigProblem("the group contains itself: \(circle)", at: member.location))
                    }
                } else {
                    flatten(inner, groups, &path, &members, reporting: reporting)
                }
            } else if reporting, path.count == 1 {
                report(unknown: member)
            }
        }
    }

    private mutating func report(unknown reference: Reference) {
        let clause = Suggestion.clause(for: reference.id, among: actorIDs)
        problems.append(
            ConfigProblem("there is no entity or group \"\(reference.id)\"\(clause)", at: reference.location))
    }

    /// The entities that references name, groups flattened, in file order.
    private mutating func resolve(_ references: [Reference]) -> [Int] {
        var out: [Int] = []
        for reference in references {
            if let entity = entityNumbers[reference.id] {
                if !out.contains(entity) { out.append(entity) }
            } else if let members = groupMembers[reference.id] {
                for member in members where !out.contains(member) { out.append(member) }
            } else {
                report(unknown: reference)
            }
        }
        return out
    }

    // MARK: Entities

    private mutating func entity(_ entity: Entity) -> CompiledEntity {
        var compiled = CompiledEntity(id: entity.id)
        compiled.context = resolve(entity.context)
        compiled.hints = resolve(entity.hints)
        compiled.includes = Set(resolve(entity.includes))
        compiled.blocksLeft = entity.blocks.left.map(Self.words)
        compiled.blocksRight = entity.blocks.right.map(Self.words)
        compiled.blocksNear = entity.blocks.near.map(Self.words)
        var given: [String] = []
        for alias in entity.aliases {
            for name in alias.surname ?? [] where !given.contains(name) { given.append(name) }
        }
        compiled.givenNames = given.map(GivenName.init)
        compiled.bearers = entity.bearers.map(GivenName.init)
        compiled.anchorFeeds = entity.anchorFeeds.map { $0.lowercased() }
        compiled.weight = entity.weight
        return compiled
    }

    private static func words(_ text: String) -> [Spelling] {
        let cut = Tokenizer.cut(text, mode: .name)
        return cut.tokens.map { Spelling(cut.units[$0.units]) }
    }

    private func aliases() -> ([CompiledAlias], [FieldText]) {
        var aliases: [CompiledAlias] = []
        var texts: [FieldText] = []
        for (number, entity) in watchlist.entities.enumerated() {
            for (index, alias) in entity.aliases.enumerated() {
                let weight = alias.weight ?? (alias.form == .demonym ? 40 : entity.weight)
                add(alias, index, weight: weight, entity: number, isException: false, &aliases, &texts)
            }
            for name in entity.exceptions {
                let alias = Alias(
                    name.text, language: name.language, letterCase: name.letterCase, location: name.location)
                add(alias, 0, weight: 0, entity: number, isException: true, &aliases, &texts)
            }
        }
        return (aliases, texts)
    }

    private func add(
        _ alias: Alias, _ index: Int, weight: Int, entity: Int, isException: Bool,
        _ aliases: inout [CompiledAlias], _ texts: inout [FieldText]
    ) {
        let cut = Tokenizer.cut(alias.text, mode: .name)
        let takesEndings = alias.inflects && alias.letterCase != .exact
        aliases.append(
            CompiledAlias(
                entity: entity, index: index, alias: alias,
                words: cut.tokens.map { Spelling(cut.units[$0.units]) }, weight: weight,
                endings: takesEndings ? EndingSet(alias.language, alias.form) : [], isException: isException))
        texts.append(cut)
    }

    private func terms() -> [CompiledTerm] {
        watchlist.topics.enumerated().flatMap { number, topic in
            topic.terms.map { CompiledTerm(topic: number, term: $0, isAgainst: false, words: Self.words($0.text)) }
                + topic.against.map {
                    CompiledTerm(topic: number, term: $0, isAgainst: true, words: Self.words($0.text))
                }
        }
    }

    // MARK: Expressions

    private mutating func watch(_ watch: Watch, _ limits: ScoreLimits) -> CompiledWatch? {
        let fields: FieldSet =
            watch.fields.isEmpty
            ? .prose : FieldSet(watch.fields.compactMap { Mention.Field(rawValue: $0.rawValue) })
        let rule = Satisfiability(scope: fields, unreachable: limits.topicsOutOfReach)
        let when = expression(watch.when, rule)
        let unless = watch.unless.map { expression($0, rule) }
        guard let when else { return nil }
        if let unless, unless == nil { return nil }
        let compiled = CompiledWatch(watch: watch, when: when, unless: unless ?? nil, fields: fields)
        checkFires(compiled, rule, limits)
        return compiled
    }

    /// Refuses a watch that `unless`, its filters or its threshold leave nothing of (M57).
    private mutating func checkFires(_ compiled: CompiledWatch, _ rule: Satisfiability, _ limits: ScoreLimits) {
        let (watch, when) = (compiled.watch, compiled.when)
        if let unless = compiled.unless, let source = watch.unless, !rule.holds(for: .and([when, .not(unless)])) {
            problems.append(
                source.problem("whenever when holds, unless holds too: the watch cannot fire", offset: 0))
        }
        if compiled.hasFilters, !rule.holds(for: .and([when] + compiled.filters)) {
            problems.append(
                watch.when.problem(
                    "no item that passes the watch's filters can make the expression true", offset: 0))
        }
        let most = watch.threshold > 0 ? limits.most(of: when) : 0
        if watch.threshold > most {
            problems.append(
                watch.when.problem(
                    "no item can reach the threshold \(watch.threshold); this expression gives \(most) at most",
                    offset: 0))
        }
        if when.mayHoldOnNothing {
            let message = "it is also true of items in which nothing is found, by their feed or language alone"
            warnings.append(watch.when.problem(message, offset: 0, severity: .warning))
        }
        for topic in when.awaitedTopics.intersection(rule.unreachable).sorted() {
            let (id, threshold) = (watchlist.topics[topic].id, watchlist.topics[topic].threshold)
            let message = "\(id) cannot reach its threshold \(threshold); without NEAR it is never true"
            warnings.append(watch.when.problem(message, offset: 0, severity: .warning))
        }
    }

    private mutating func expression(_ source: ExpressionSource, _ rule: Satisfiability) -> Expression? {
        let (expression, errors) = ExpressionParser.parse(source.text, names: &self)
        for error in errors { problems.append(source.problem(error.message, offset: error.offset)) }
        guard let expression else { return nil }
        if expression.holdsOnNothing {
            problems.append(
                source.problem(
                    "the expression is true when nothing is found; NOT needs something positive beside it",
                    offset: 0))
            return nil
        }
        if !rule.holds(for: expression) {
            let idle = expression.awaitedTopics.intersection(rule.unreachable).sorted().first.map {
                "; \(watchlist.topics[$0].id) cannot reach its threshold \(watchlist.topics[$0].threshold)"
            }
            problems.append(source.problem("nothing can make the expression true" + (idle ?? ""), offset: 0))
            return nil
        }
        return expression
    }
}

extension WatchlistCompiler: ExpressionNames {
    func actor(_ id: String) -> Operand? {
        if let number = entityNumbers[id] { return .entity(number, id: id) }
        return groupMembers[id].map { .group($0, id: id) }
    }

    func topic(_ name: String) -> Operand? {
        if let number = topicNumbers["topic." + name] { return .topic(number, id: name) }
        return topicNumbers[name].map { .topic($0, id: name) }
    }

    mutating func phrase(_ text: String) -> Operand? {
        if let number = phraseNumbers[text] { return .phrase(number, text: text) }
        let words = Self.words(text)
        guard !words.isEmpty else { return nil }
        phraseNumbers[text] = phrases.count
        phrases.append(CompiledPhrase(text: text, words: words))
        return .phrase(phrases.count - 1, text: text)
    }

    var actorIDs: [String] { watchlist.entities.map(\.id) + watchlist.groups.map(\.id) }

    var topicNames: [String] {
        watchlist.topics.map { $0.id.hasPrefix("topic.") ? String($0.id.dropFirst(6)) : $0.id }
    }
}

extension ExpressionSource {
    /// A problem at an offset in the expression. A scalar of one line is quoted (M6), so its text begins one
    /// column after its location; of a block scalar only the place of its beginning is known.
    func problem(
        _ message: String, offset: Int, severity: ConfigProblem.Severity = .error
    ) -> ConfigProblem {
        if let stretch = stretches.last(where: { $0.offset <= offset }) ?? stretches.first {
            let column = stretch.location.column + max(0, offset - stretch.offset)
            let place = SourceLocation(file: location.file, line: stretch.location.line, column: column)
            return ConfigProblem(
                message, at: place, excerpt: ConfigProblem.excerpt(line: stretch.line, column: column),
                severity: severity)
        }
        let scalars = Array(text.unicodeScalars)
        let lineStart = scalars[..<min(offset, scalars.count)].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let line = scalars[lineStart...].prefix { $0 != "\n" }
        let isBlock = scalars.contains("\n")
        let place =
            isBlock || location.column == 0
            ? location
            : SourceLocation(file: location.file, line: location.line, column: location.column + 1 + offset)
        let excerpt = ConfigProblem.excerpt(
            line: String(String.UnicodeScalarView(line)), column: offset - lineStart + 1)
        return ConfigProblem(message, at: place, excerpt: excerpt, severity: severity)
    }
}

extension [ConfigProblem] {
    /// By file, line and column; those without a place come first.
    var inFileOrder: [ConfigProblem] {
        let absent = SourceLocation(file: "")
        return enumerated().sorted {
            let (left, right) = ($0.element.location ?? absent, $1.element.location ?? absent)
            return left == right ? $0.offset < $1.offset : left < right
        }.map(\.element)
    }
}
