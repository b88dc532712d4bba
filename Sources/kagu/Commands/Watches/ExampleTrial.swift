// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// What became of one example.
struct ExampleVerdict {
    /// Where the example is written.
    let place: ExamplePlace
    /// The example.
    let example: WatchExample
    /// The text as it was matched.
    let text: PlainFields
    /// What was not as it must be; empty when it passed.
    let failures: [ExampleFailure]
}

/// One thing that was expected and did not come, or the other way round.
struct ExampleFailure: Hashable {
    /// The id or expression.
    let subject: String
    /// Whether it should have been found, or have held.
    let isWanted: Bool
    /// What was found of it, in words.
    let finding: String
    /// The mentions that it rests on, in every state.
    var mentions: [Mention] = []
    /// The parts of the expression.
    var parts: [ExpressionPart] = []
}

/// Runs examples against one watchlist (M61).
struct ExampleTrial {
    private let matcher: Matcher
    private let feeds: FeedDirectory
    private let now: Instant
    /// The watch that stands for each check.
    private let checkIDs: [ExamplePlace: [String]]
    /// Why an expression of a check cannot be read.
    private let checkErrors: [String: String]
    private let kinds: [String: SubjectKind]

    /// What an id of `must` or `not` may name.
    private enum SubjectKind {
        case entity, topic, watch
        case group(Set<String>)
    }

    /// Compiles the watchlist together with the checks of all examples, once for all.
    init(_ watchlist: Watchlist, _ examples: ExampleSet, feeds: FeedDirectory, now: Instant)
        throws(WatchlistProblems)
    {
        var extended = watchlist
        var ids: [ExamplePlace: [String]] = [:]
        var checks: [Watch] = []
        for (place, example) in examples.examples {
            for (index, check) in (example.checks ?? []).enumerated() {
                // A space, so that it can be no id of the files.
                let id = "check \(place) \(index)"
                let source = ExpressionSource(check.when, at: SourceLocation(file: id))
                ids[place, default: []].append(id)
                checks.append(Watch(id: id, title: id, when: source, location: source.location))
            }
        }
        extended.watches += checks
        var errors: [String: String] = [:]
        do {
            matcher = try Matcher(extended)
        } catch {
            // What is wrong with checks fails their examples; what is wrong with the files ends the run.
            let known = Set(checks.map(\.id))
            for problem in error.problems {
                if let id = problem.location?.file, known.contains(id) { errors[id] = problem.message }
            }
            extended.watches.removeAll { errors[$0.id] != nil }
            matcher = try Matcher(extended)
        }
        checkIDs = ids
        checkErrors = errors
        kinds = Self.kinds(watchlist)
        self.feeds = feeds
        self.now = now
    }

    private static func kinds(_ watchlist: Watchlist) -> [String: SubjectKind] {
        var kinds: [String: SubjectKind] = [:]
        for entity in watchlist.entities { kinds[entity.id] = .entity }
        for topic in watchlist.topics { kinds[topic.id] = .topic }
        for watch in watchlist.watches { kinds[watch.id] = .watch }
        let groups = Dictionary(watchlist.groups.map { ($0.id, $0.members.map(\.id)) }) { first, _ in first }
        for id in groups.keys {
            var members: Set<String> = []
            var open = [id]
            while let next = open.popLast() {
                for member in groups[next] ?? [] where members.insert(member).inserted { open.append(member) }
            }
            kinds[id] = .group(members)
        }
        return kinds
    }

    /// Matches an example and compares.
    func run(_ place: ExamplePlace, _ example: WatchExample) -> ExampleVerdict {
        let text = PlainFields(example.input)
        let result = matcher.match(feeds.document(example.input, text, now: now), explaining: true)
        var failures: [ExampleFailure] = []
        for id in example.must ?? [] { failures += failure(id, isWanted: true, result) }
        for id in example.not ?? [] { failures += failure(id, isWanted: false, result) }
        for (check, id) in zip(example.checks ?? [], checkIDs[place] ?? []) {
            failures += failure(check, id, result)
        }
        return ExampleVerdict(place: place, example: example, text: text, failures: failures)
    }

    private func failure(_ id: String, isWanted: Bool, _ result: MatchResult) -> [ExampleFailure] {
        switch kinds[id] {
        case .entity?: return named(id, [id], isWanted: isWanted, result)
        case .group(let members)?: return named(id, members, isWanted: isWanted, result)
        case .topic?:
            let score = result.topicExplanations.first { $0.id == id }
            guard result.topics.contains(where: { $0.id == id }) != isWanted else { return [] }
            let finding = score.map(Self.text) ?? "no term of it"
            return [ExampleFailure(subject: id, isWanted: isWanted, finding: finding)]
        case .watch?:
            guard result.watches.contains(where: { $0.id == id }) != isWanted else { return [] }
            let account = result.watchExplanations.first { $0.id == id }
            let finding = account.map(Self.text) ?? "it is not enabled"
            return [ExampleFailure(subject: id, isWanted: isWanted, finding: finding, parts: account?.side ?? [])]
        case nil:
            let clause = Suggestion.clause(for: id, among: kinds.keys.sorted())
            return [ExampleFailure(subject: id, isWanted: isWanted, finding: "no such id\(clause)")]
        }
    }

    private func named(
        _ id: String, _ entities: Set<String>, isWanted: Bool, _ result: MatchResult
    ) -> [ExampleFailure] {
        guard result.entities.contains(where: entities.contains) != isWanted else { return [] }
        let mentions = result.mentions.filter {
            entities.contains($0.entity) && (isWanted || $0.state == .accepted)
        }
        let finding = isWanted ? mentions.isEmpty ? "no alias of it occurs" : "no mention counts" : "found"
        return [ExampleFailure(subject: id, isWanted: isWanted, finding: finding, mentions: mentions)]
    }

    private func failure(_ check: WatchExample.Check, _ id: String, _ result: MatchResult) -> [ExampleFailure] {
        if let error = checkErrors[id] {
            return [ExampleFailure(subject: check.when, isWanted: check.result, finding: error)]
        }
        let account = result.watchExplanations.first { $0.id == id }
        guard let account, account.fires != check.result else { return [] }
        let indexes = account.when.flatMap(\.mentions)
        let mentions = Set(indexes).sorted().map { result.mentions[$0] }
        return [
            ExampleFailure(
                subject: check.when, isWanted: check.result,
                finding: account.fires ? "it holds" : "it does not hold",
                mentions: mentions, parts: account.side.count > 1 ? account.side : [])
        ]
    }

    private static func text(_ topic: TopicExplanation) -> String {
        let parts = topic.parts.map { "\($0.name) \($0.points)" }.joined(separator: ", ")
        return "score \(topic.score) of \(topic.threshold): \(parts)"
    }

    private static func text(_ watch: WatchExplanation) -> String {
        if let filter = watch.failedFilter { return "its filter \(filter) does not pass" }
        if watch.fires { return "it fires with score \(watch.score)" }
        if watch.when.first?.holds == true, watch.unless.first?.holds == true { return "its unless holds" }
        if watch.when.first?.holds == true { return "score \(watch.score) of \(watch.threshold)" }
        return "its when does not hold"
    }
}

extension WatchExplanation {
    /// The parts of the expression that decided: `unless` where that alone stopped the watch.
    fileprivate var side: [ExpressionPart] {
        when.first?.holds == true && unless.first?.holds == true ? unless : when
    }
}
