// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// Why an item is a hit, or is none, under the present definitions (M52, M55): a value, printed by `ExplanationPrinter`.
struct Explanation {
    /// Whether a watch is what it was when the hit was stored.
    enum DefinitionChange: Hashable {
        /// It finds something else in the same text, or is gone.
        case changed
        /// No watch file has been written since.
        case same
        /// Files have been written since, and nothing shows whether that touched this watch.
        case unknown
    }

    /// One watch's account.
    struct WatchAccount {
        /// The watch.
        var watch: Watch
        /// The truth of its parts; nil where it is not enabled.
        var account: WatchExplanation?
        /// SHA-256 of its definition and of all that it rests on.
        var definition: String
        /// Compared with the stored hit; nil where there is none.
        var change: DefinitionChange?
        /// Whether the stored hit names it.
        var wasStored: Bool
    }

    /// The item.
    let subject: ExplainSubject
    /// What is found in its text now.
    let result: MatchResult
    /// The watches asked for, or those that matched then or now.
    let watches: [WatchAccount]
    /// Watches of the stored hit that are defined no more.
    let goneWatches: [String]
    /// Names, disputes and notes of the entities found.
    let entities: [Entity]
    /// Whether the language is that of the hit, because the kept text gives another one.
    private let isLanguageStored: Bool

    /// Matches the item anew. `asked` are ids of watches; none means those that matched then or now. `filesWritten`
    /// is when the newest watch file was written.
    init(_ subject: ExplainSubject, _ matcher: Matcher, asked: [String], filesWritten: Instant?) {
        self.subject = subject
        var result = matcher.match(subject.document, explaining: true)
        isLanguageStored = subject.hit.map { $0.lang != result.language } ?? false
        if let hit = subject.hit, isLanguageStored {
            // The kept part of the text does not tell; filters look at the language that the whole text had.
            var document = subject.document
            document.declaredLanguage = hit.lang
            result = matcher.match(document, explaining: true)
        }
        self.result = result
        let stored = subject.hit?.watches ?? []
        let list = matcher.watchlist
        var ids = asked
        if asked.isEmpty {
            ids = stored + result.watches.map(\.id).filter { !stored.contains($0) }
        }
        let isDifferent = Self.difference(subject, result)
        watches = ids.compactMap { id in
            guard let watch = list.watches.first(where: { $0.id == id }) else { return nil }
            let references = Set(matcher.references(ofWatch: id) ?? [])
            let change: DefinitionChange? = subject.hit.map { hit in
                if !isDifferent.isDisjoint(with: references) { return .changed }
                return filesWritten.map { $0 <= hit.seen } ?? false ? .same : .unknown
            }
            return WatchAccount(
                watch: watch, account: result.watchExplanations.first { $0.id == id },
                definition: matcher.definitionHash(ofWatch: id) ?? "", change: change,
                wasStored: stored.contains(id))
        }
        goneWatches = stored.filter { id in !list.watches.contains { $0.id == id } }
        let named = Set(result.mentions.map(\.entity))
        entities = list.entities.filter { named.contains($0.id) }
    }

    /// The entities of which other mentions are found now than were stored, in text that is kept. Where mentions lie
    /// in text that is not kept, they may have decided the others, so nothing is concluded.
    private static func difference(_ subject: ExplainSubject, _ result: MatchResult) -> Set<String> {
        guard let hit = subject.hit, subject.mentionsWithoutText.isEmpty else { return [] }
        let now = Set(result.mentions.filter { $0.state != .rejected && $0.field != .url })
        let then = Set(hit.mentions.filter { $0.field != .url })
        return Set(now.symmetricDifference(then).map(\.entity))
    }

    /// Accepted and candidate mentions, and those of the hit whose text is not kept, by field and start.
    var mentions: [Mention] {
        let found = result.mentions.filter { $0.state != .rejected }
        let fields = Mention.Field.allCases
        func order(_ mention: Mention) -> (Int, Int, Int) {
            (fields.firstIndex(of: mention.field) ?? 0, mention.start, mention.end)
        }
        return (found + subject.mentionsWithoutText).enumerated().sorted { left, right in
            let (a, b) = (order(left.element), order(right.element))
            return a == b ? left.offset < right.offset : a < b
        }.map(\.element)
    }

    /// What was rejected, in order; words that only begin like a name come last.
    var rejected: [Mention] {
        let all = result.mentions.filter { $0.state == .rejected }
        let isNear = { (mention: Mention) in mention.reason.hasPrefix("ending:") }
        return all.filter { !isNear($0) } + all.filter(isNear)
    }

    /// The language of the item: that of the hit, where its line does not keep the whole text.
    var language: String { subject.hit?.lang ?? result.language }

    /// Where the language is from; nil where the kept text gives another one.
    var languageSource: LanguageSource? { isLanguageStored ? nil : result.languageSource }

    /// Watches that did not match but of which something was found, best first.
    var nearMisses: [String] {
        result.watchExplanations.filter { watch in
            !watch.fires && watch.when.contains { $0.kind == .operand && $0.count > 0 }
        }.map(\.id)
    }
}
