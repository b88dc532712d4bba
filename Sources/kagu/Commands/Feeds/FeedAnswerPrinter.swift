// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Prints what became of feeds: one line for each, or one JSON value (O19).
struct FeedAnswerPrinter {
    let format: AnswerFormat
    let paint: Paint

    /// For standard output.
    init(_ format: AnswerFormat, _ wiring: Wiring) {
        self.format = format
        paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
    }

    /// Without colour, for tests.
    init(_ format: AnswerFormat) {
        self.format = format
        paint = Paint(false)
    }

    /// `added lemonde.fr-rss https://…`, or an array of such feeds.
    func listed(_ verb: String, _ feeds: [ListedFeed]) -> String {
        switch format {
        case .short: feeds.map { line(verb, $0) }.joined()
        case .json: Self.json { json in json.array { json in feeds.forEach { Self.write($0, &json) } } }
        }
    }

    /// Ids after a verb, or an array of them.
    func ids(_ verb: String, _ ids: [String]) -> String {
        switch format {
        case .short: ids.map { "\(verb) \(VisibleText.escaped($0))\n" }.joined()
        case .json: Self.json { json in json.array { json in ids.forEach { json.string($0) } } }
        }
    }

    /// Feeds to choose from: address, format and title.
    func offered(_ feeds: [OfferedFeed]) -> String {
        switch format {
        case .short:
            return feeds.map { feed in
                let parts = [VisibleText.escaped(feed.url), feed.type, VisibleText.escaped(feed.title)]
                return parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
            }.joined()
        case .json: return Self.json { json in json.array { json in feeds.forEach { Self.write($0, &json) } } }
        }
    }

    /// What came of an import, one line for each feed and each outline that could not be used.
    func imported(_ answer: ImportFeeds.Answer) -> String {
        switch format {
        case .short:
            return answer.added.map { line("added", $0) }.joined()
                + answer.duplicates.map { line("duplicate", $0) }.joined()
                + answer.unusable.map { paint("unusable", .yellow) + " \(VisibleText.escaped($0))\n" }.joined()
        case .json:
            return Self.json { json in
                json.object { json in
                    json.member("added", array: { json in answer.added.forEach { Self.write($0, &json) } })
                    json.member(
                        "duplicates", array: { json in answer.duplicates.forEach { Self.write($0, &json) } })
                    json.member("unusable", answer.unusable)
                }
            }
        }
    }

    /// What polls came to.
    func polled(_ feeds: [PolledFeed], _ clock: CivilClock) -> String {
        switch format {
        case .short: feeds.map { polled($0, clock) + "\n" }.joined()
        case .json: Self.json { json in json.array { json in feeds.forEach { Self.write($0, &json) } } }
        }
    }

    private func line(_ verb: String, _ feed: ListedFeed) -> String {
        let title = feed.title.isEmpty ? "" : "  \(VisibleText.escaped(feed.title))"
        return "\(verb) \(feed.id)  \(VisibleText.escaped(feed.url))\(title)\n"
    }

    private func polled(_ feed: PolledFeed, _ clock: CivilClock) -> String {
        switch feed.outcome {
        case .polled:
            let state = feed.state ?? .new
            var parts = [feed.id, paint(state.rawValue, state.isHealthy ? .green : .red)]
            if let status = feed.status, !feed.reason.hasPrefix("HTTP ") { parts.append("HTTP \(status)") }
            if feed.status == 304 {
                parts.append("unchanged")
            } else if state.isHealthy {
                parts.append("\(feed.items) items, \(feed.newItems) new")
            }
            if !feed.reason.isEmpty { parts.append("(\(VisibleText.escaped(feed.reason)))") }
            return parts.joined(separator: " ")
        case .held:
            let until = feed.heldUntil.map { clock.civil(at: $0).description } ?? "later"
            return "\(feed.id) \(paint("held", .yellow)): the publisher asked for a pause until \(until)"
        case .unknown: return "\(feed.id) \(paint("not polled", .yellow)): it is listed no more"
        case .stopping: return "\(feed.id) \(paint("not polled", .yellow)): the daemon stops"
        }
    }

    // MARK: JSON

    private static func json(_ body: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        body(&json)
        return json.text + "\n"
    }

    private static func write(_ feed: ListedFeed, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", feed.id)
            json.member("url", feed.url)
            json.member("title", ifPresent: feed.title)
        }
    }

    private static func write(_ feed: OfferedFeed, _ json: inout JSONWriter) {
        json.object { json in
            json.member("url", feed.url)
            json.member("title", ifPresent: feed.title)
            json.member("type", ifPresent: feed.type)
        }
    }

    private static func write(_ feed: PolledFeed, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", feed.id)
            json.member("outcome", feed.outcome.rawValue)
            json.member("state", ifPresent: feed.state?.rawValue)
            json.member("reason", ifPresent: feed.reason)
            if let status = feed.status { json.member("status", status) }
            if feed.outcome == .polled {
                json.member("items", feed.items)
                json.member("new_items", feed.newItems)
            }
            json.member("held_until", feed.heldUntil)
        }
    }
}
