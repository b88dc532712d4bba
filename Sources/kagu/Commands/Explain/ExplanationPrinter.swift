// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// Prints an explanation for people (M52): the item, each watch with its tree and score, then every mention.
struct ExplanationPrinter {
    /// Mentions shown of one spelling in one field with one reason; the others are counted.
    static let maximumAlike = 3

    let paint: Paint
    let clock: CivilClock
    /// Whether alternatives that do not hold are shown beside those that do.
    var showsAll = false

    /// The whole explanation.
    func text(_ explanation: Explanation) -> String {
        var lines = item(explanation)
        for entry in explanation.watches { lines += [""] + watch(entry, explanation.subject) }
        for id in explanation.goneWatches {
            lines += [
                "", "\(paint(VisibleText.escaped(id), .bold)) matched when it was stored; it is defined no more",
            ]
        }
        if explanation.watches.isEmpty, explanation.goneWatches.isEmpty {
            let near = explanation.nearMisses
            let hint = near.isEmpty ? "" : "; something was found for \(near.joined(separator: ", "))"
            lines += ["", "no watch matches\(hint): --watch ID shows why not"]
        }
        lines += topics(explanation) + mentions(explanation) + notes(explanation)
        return lines.map { $0 + "\n" }.joined()
    }

    // MARK: Item

    private func item(_ explanation: Explanation) -> [String] {
        let subject = explanation.subject
        let document = subject.document
        var lines: [String] = []
        if !document.title.isEmpty { lines.append(paint(VisibleText.escaped(document.title), .bold)) }
        var parts: [String] = []
        let feed = [subject.hit?.feed.title, subject.hit?.feed.id, document.feedID].compactMap { $0 }
            .first { !$0.isEmpty }
        if let feed {
            let who = [document.sourceClass?.rawValue, document.country].compactMap { $0 }.filter { !$0.isEmpty }
            let source = who.isEmpty ? "" : " (\(VisibleText.escaped(who.joined(separator: ", "))))"
            parts.append(paint(VisibleText.escaped(feed), .cyan) + source)
        }
        if let seen = subject.seen { parts.append("seen \(clock.civil(at: seen).description)") }
        if let published = document.published {
            parts.append("published \(clock.civil(at: published).description)")
        }
        if let id = subject.hit?.id { parts.append(paint(id, .dim)) }
        if !parts.isEmpty { lines.append(parts.joined(separator: ", ")) }
        if !document.url.isEmpty { lines.append(paint(VisibleText.escaped(document.url), .dim)) }
        let source = explanation.languageSource.map(Self.words) ?? "as stored; the kept text is too short to tell"
        lines.append("language \(explanation.language): \(source)")
        return lines + [origin(subject)].compactMap { $0 }
    }

    private static func words(_ source: LanguageSource) -> String {
        switch source {
        case .agreed: "the text shows it and the feed declares it"
        case .rules: "the text shows it"
        case .declared: "declared; the text does not show it clearly"
        case .none: "nothing shows it"
        }
    }

    private func origin(_ subject: ExplainSubject) -> String? {
        guard subject.origin == .hit else { return nil }
        let lost = subject.mentionsWithoutText.count
        let note = "explained from title and summary, which is what a hit keeps of the text"
        return paint(
            lost == 0 ? note : "\(note); \(Plural.text(lost, "mention")) elsewhere in it as stored", .dim)
    }

    // MARK: Watches

    private func watch(_ entry: Explanation.WatchAccount, _ subject: ExplainSubject) -> [String] {
        let title = VisibleText.escaped(entry.watch.title)
        var lines = [
            "\(paint(entry.watch.id, .bold)) (\(title), \(entry.watch.severity.rawValue)): \(verdict(entry, subject))"
        ]
        switch entry.change {
        case .changed?:
            lines.append(
                "  " + paint("the definition has changed since: it finds other names in the same text now", .yellow)
            )
        case .unknown?:
            lines.append("  " + paint("watch files have been written since the hit was stored", .dim))
        case .same?, nil: break
        }
        guard let account = entry.account else { return lines }
        let isStopped = account.when.first?.holds == true && account.unless.first?.holds == true
        lines += ExpressionText.lines(account.when, marksDeciders: !isStopped, showsAll: showsAll, paint)
            .map { "  " + $0 }
        if !account.unless.isEmpty {
            lines.append("  unless")
            lines += ExpressionText.lines(account.unless, marksDeciders: isStopped, showsAll: showsAll, paint)
                .map { "    " + $0 }
        }
        if !account.parts.isEmpty {
            let sum = account.parts.map { "\(VisibleText.escaped($0.name)) \($0.points)" }
            let need = account.threshold > 0 ? " (needs \(account.threshold))" : ""
            lines.append("  score \(account.score)\(need) = \(sum.joined(separator: " + "))")
        }
        return lines
    }

    private func verdict(_ entry: Explanation.WatchAccount, _ subject: ExplainSubject) -> String {
        guard let account = entry.account else { return paint("not enabled", .yellow) }
        if account.fires { return paint("matches", .green) + ", score \(account.score)" }
        let reason: String
        if let filter = account.failedFilter {
            reason = "its filter \(filter) does not pass"
        } else if account.when.first?.holds != true {
            reason = "when does not hold"
        } else if account.unless.first?.holds == true {
            reason = "unless holds"
        } else {
            reason = "score \(account.score) is below \(account.threshold)"
        }
        let now = paint("does not match", .red) + ": \(reason)"
        guard entry.wasStored else { return now }
        return subject.origin == .hit && !subject.mentionsWithoutText.isEmpty
            ? "matched on the whole text; on what is kept of it it \(now)"
            : "matched when it was stored; now it \(now)"
    }

    // MARK: Findings

    private func topics(_ explanation: Explanation) -> [String] {
        let topics = explanation.result.topicExplanations
        guard !topics.isEmpty else { return [] }
        return ["", paint("topics", .bold)]
            + topics.map { topic in
                let terms = topic.parts.map { "\(VisibleText.escaped($0.name)) \($0.points)" }.joined(
                    separator: ", ")
                let reached = topic.score >= topic.threshold && topic.score > 0
                let sign = reached ? paint("+", .green) : paint("-", .red)
                return "  \(sign) \(topic.id) \(topic.score) of \(topic.threshold): \(terms)"
            }
    }

    private func mentions(_ explanation: Explanation) -> [String] {
        let text = MentionText(paint: paint)
        let lost = Set(explanation.subject.mentionsWithoutText)
        let all = explanation.mentions + explanation.rejected
        guard !all.isEmpty else { return ["", "no name occurs"] }
        var lines = ["", paint("mentions", .bold)]
        var times: [[String]: Int] = [:]
        for mention in all {
            let kind = [mention.entity, mention.text, mention.alias, mention.field.rawValue, mention.reason]
            times[kind, default: 0] += 1
            guard times[kind, default: 0] <= Self.maximumAlike else { continue }
            lines.append(
                lost.contains(mention)
                    ? "  " + text.line(mention, in: nil) + " (as stored)"
                    : "  " + text.line(mention, in: explanation.subject.text))
        }
        let surplus = times.values.reduce(0) { $0 + max(0, $1 - Self.maximumAlike) }
        if surplus > 0 { lines.append("  and \(surplus) more just like these") }
        return lines
    }

    private func notes(_ explanation: Explanation) -> [String] {
        let lines = explanation.entities.flatMap { entity in
            [("disputed", entity.disputed), ("note", entity.note)].filter { !$0.1.isEmpty }.map { name, text in
                "  \(entity.id), \(name): \(VisibleText.escaped(text))"
            }
        }
        return lines.isEmpty ? [] : ["", paint("notes", .bold)] + lines
    }
}
