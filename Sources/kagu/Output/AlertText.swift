// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A received message for people: title with the matched names set off, outlet with class and country, names,
/// watches, link, id, and whether it is genuine (C9).
struct AlertText {
    /// Colour or none.
    let paint: Paint
    /// The clock of the time shown.
    let clock: CivilClock
    /// Hits shown of a story, stories of a digest; more are counted.
    static let maximumShown = 5

    /// Several lines, with a line end after each.
    func text(_ request: ReceivedRequest, _ verdict: MessageJudge.Verdict, isRepeat: Bool) -> String {
        let envelope = AlertEnvelope(body: request.body)
        var lines = [head(request, envelope, verdict, isRepeat: isRepeat)]
        if let failure = verdict.failure { lines.append("  " + paint("\(failure)", .red)) }
        if let envelope {
            lines += body(envelope.data).map { "  " + $0 }
        } else {
            let text = String(decoding: request.body.prefix(500), as: UTF8.self)
            lines.append("  " + VisibleText.escaped(text) + (request.body.count > 500 ? "…" : ""))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func head(
        _ request: ReceivedRequest, _ envelope: AlertEnvelope?, _ verdict: MessageJudge.Verdict, isRepeat: Bool
    ) -> String {
        let style: Paint.Style
        switch verdict {
        case .verified: style = .green
        case .unverified: style = .yellow
        case .refused: style = .red
        }
        var parts = [
            paint(clock.civil(at: request.received).description, .dim), paint(verdict.description, style),
            paint(VisibleText.escaped(envelope?.type ?? "message"), .bold),
        ]
        if let reason = envelope?.data.reason { parts.append(VisibleText.escaped(reason)) }
        parts.append(paint(VisibleText.escaped(request.id ?? envelope?.data.alert ?? "without id"), .dim))
        if isRepeat { parts.append(paint("repeat", .yellow)) }
        return parts.joined(separator: " ")
    }

    private func body(_ content: AlertEnvelope.Content) -> [String] {
        var lines: [String] = []
        if let hit = content.hit { lines += hitLines(hit) }
        if let story = content.story { lines += storyLines(story, content.hits ?? [], update: content.update) }
        if let digest = content.digest {
            lines.append("\(digest.hits ?? 0) hits, \(digest.stories ?? 0) stories, \(digest.outlets ?? 0) outlets")
            for entry in (content.stories ?? []).prefix(Self.maximumShown) {
                lines += storyLines(entry.story ?? AlertEnvelope.Story(), [], update: nil)
            }
        }
        if let subject = content.subject { lines += noticeLines(subject, content) }
        if let note = content.note { lines.append(VisibleText.escaped(note)) }
        if let more = content.more, more > 0 { lines.append("and \(more) more") }
        return lines
    }

    private func hitLines(_ hit: AlertEnvelope.HitRecord) -> [String] {
        var lines = [title(hit), outlet(hit)]
        let names = hit.mentions.map { $0.map(\.text) } ?? []
        if !names.isEmpty {
            var told: Set<String> = []
            let distinct = names.filter { told.insert($0).inserted }.map { paint(VisibleText.escaped($0), .match) }
            lines.append("names: \(distinct.joined(separator: ", "))")
        }
        if let watches = hit.watches, !watches.isEmpty { lines.append(watchLine(watches)) }
        if let url = hit.url, !url.isEmpty { lines.append(paint(VisibleText.escaped(url), .dim)) }
        return lines
    }

    private func storyLines(
        _ story: AlertEnvelope.Story, _ hits: [AlertEnvelope.HitRecord], update: Int?
    ) -> [String] {
        let telling = update.map { $0 > 0 ? "update \($0), " : "" } ?? ""
        var lines = [
            paint(VisibleText.escaped(story.title ?? ""), .bold),
            "\(telling)\(story.hits ?? hits.count) hits, \(story.outlets ?? 0) outlets"
                + (story.severity.map { ", \(VisibleText.escaped($0))" } ?? ""),
        ]
        if let watches = story.watches, !watches.isEmpty { lines.append(watchLine(watches)) }
        if let url = story.url, !url.isEmpty { lines.append(paint(VisibleText.escaped(url), .dim)) }
        for hit in hits.prefix(Self.maximumShown) {
            lines.append("- \(title(hit)) (\(outlet(hit)))")
        }
        if hits.count > Self.maximumShown { lines.append("- and \(hits.count - Self.maximumShown) more") }
        return lines
    }

    private func noticeLines(_ subject: AlertEnvelope.Subject, _ content: AlertEnvelope.Content) -> [String] {
        let name = subject.title ?? subject.id ?? ""
        let change = [content.previous, content.state].compactMap { $0 }.joined(separator: " → ")
        var lines = [VisibleText.escaped("\(subject.kind ?? "subject") \(name): \(change)")]
        if let error = content.error { lines.append(VisibleText.escaped(error)) }
        if let advice = content.advice { lines.append(VisibleText.escaped(advice)) }
        return lines
    }

    private func watchLine(_ watches: [String]) -> String {
        "watches: \(VisibleText.escaped(watches.joined(separator: ", ")))"
    }

    private func title(_ hit: AlertEnvelope.HitRecord) -> String {
        let mentions = (hit.mentions ?? []).compactMap { name -> Mention? in
            guard name.field == .title, let start = name.start, let end = name.end, start >= 0 else { return nil }
            return Mention(
                entity: name.entity ?? "", alias: "", field: .title, start: start, end: end, text: name.text,
                tier: 0,
                suffix: "", state: .accepted, reason: "")
        }
        return MatchedText.pieces(hit.title ?? "", field: .title, mentions).map { piece in
            paint(VisibleText.escaped(piece.text), piece.isMatch ? .match : .bold)
        }.joined()
    }

    /// `Le Monde (independent, FR), fr, high`.
    private func outlet(_ hit: AlertEnvelope.HitRecord) -> String {
        let who = [hit.feed?.sourceClass, hit.feed?.country].compactMap { $0 }.joined(separator: ", ")
        let name = VisibleText.escaped(hit.feed?.title ?? hit.feed?.id ?? "")
        let outlet = paint(name, .cyan) + (who.isEmpty ? "" : " (\(VisibleText.escaped(who)))")
        return ([outlet] + [hit.lang, hit.severity].compactMap { $0 }.map { VisibleText.escaped($0) })
            .joined(separator: ", ")
    }
}
