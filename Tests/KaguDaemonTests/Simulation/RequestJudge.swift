// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What each request says by itself (P3, P4, P25).
struct RequestJudge {
    let record: SimulationRecord
    private let feeds: [String: JudgedFeed]

    init(_ record: SimulationRecord) {
        self.record = record
        feeds = Dictionary(uniqueKeysWithValues: record.feeds.map { ($0.id, $0) })
    }

    /// Headers that any request may carry; those of the transport are seen by a real origin only.
    private static let usual: Set<String> = [
        "accept", "if-none-match", "if-modified-since", "user-agent", "accept-encoding", "host",
    ]

    func violations() -> [Judge.Violation] {
        var violations: [Judge.Violation] = []
        for exchange in record.exchanges {
            func complain(_ rule: String, _ text: String) {
                violations.append(Judge.Violation(rule: rule, at: exchange.start, text: "\(exchange.url): \(text)"))
            }
            if exchange.method != "GET" { complain("P3", "method \(exchange.method)") }
            guard let owner = record.owners[exchange.url], let feed = feeds[owner] else {
                complain("P3", "nobody lists it or redirects to it")
                continue
            }
            let own = Set(feed.headers.map { $0.name.lowercased() })
            for (name, _) in exchange.headers {
                let name = name.lowercased()
                guard !Self.usual.contains(name), !own.contains(name) else { continue }
                complain("P4", "header \(name)")
            }
            let accept = exchange.header("Accept").map { String(decoding: $0, as: UTF8.self) } ?? ""
            for type in ["application/atom+xml", "application/rss+xml", "application/feed+json", "*/*;q=0.1"]
            where !accept.contains(type) { complain("P4", "Accept without \(type)") }
            let isListed = listedOrigins(feed).contains(origin(exchange.url))
            for (name, value) in feed.headers {
                let sent = exchange.header(name)
                if isListed, sent != Array(value.utf8) { complain("P25", "without the feed's own \(name)") }
                if !isListed, sent != nil { complain("P25", "\(name) sent to another origin") }
            }
        }
        return violations
    }

    /// The origins of all addresses under which the feed was ever listed.
    private func listedOrigins(_ feed: JudgedFeed) -> Set<String> {
        var origins: Set<String> = [origin(feed.url)]
        for case .relisted(feed.id, let url, _) in record.happenings { origins.insert(origin(url)) }
        return origins
    }

    private func origin(_ url: String) -> String { "\(url.prefix { $0 != ":" }) \(judgedAuthority(url))" }
}

/// What the requests to one authority are to each other (P21, P22, P27).
struct AuthorityJudge {
    let settings: Judge.Settings
    let record: SimulationRecord

    init(_ settings: Judge.Settings, _ record: SimulationRecord) {
        self.settings = settings
        self.record = record
    }

    func violations() -> [Judge.Violation] {
        var violations: [Judge.Violation] = []
        var last: [String: Exchange] = [:]
        var holds: [String: Duration] = [:]
        for exchange in record.exchanges.sorted(by: { $0.start < $1.start }) {
            let authority = judgedAuthority(exchange.url, settings.hostGroups)
            func complain(_ rule: String, _ text: String) {
                violations.append(Judge.Violation(rule: rule, at: exchange.start, text: "\(exchange.url): \(text)"))
            }
            if let before = last[authority] {
                let gap = exchange.start - before.start
                if gap < settings.spacing - settings.tolerance { complain("P27", "\(gap) after \(before.url)") }
                if (before.end ?? exchange.start) > exchange.start { complain("P27", "beside \(before.url)") }
            }
            let held = settings.holdsOnlyURL ? exchange.url : authority
            if let until = holds[held], exchange.start < until - settings.tolerance {
                complain("P21", "\(held) had asked for a pause of \(until - exchange.start) more")
            }
            last[authority] = exchange
            if exchange.answer?.status == 429, exchange.answer?.trouble == nil, let end = exchange.end {
                let wall = exchange.wall + (end - exchange.start)
                let least = judgedRetryAfter(exchange.answer?.text("Retry-After"), at: wall) ?? .seconds(4 * 3600)
                holds[held] = max(holds[held] ?? .zero, end + least)
            }
        }
        return violations
    }
}

/// Seconds or a date, at most seven days; nil for everything that counts as absent (P21).
func judgedRetryAfter(_ text: String?, at wall: Instant) -> Duration? {
    guard let text else { return nil }
    if let seconds = Int64(text) {
        return seconds > 0 ? min(.seconds(seconds), .seconds(7 * 86_400)) : nil
    }
    guard let date = judgedDate(text) else { return nil }
    return date > wall ? min(date - wall, .seconds(7 * 86_400)) : nil
}

/// The one form of date that the simulated publishers use.
func judgedDate(_ text: String) -> Instant? {
    let words = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard words.count == 6, let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])),
        let year = Int(words[3])
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    return Instant(year: year, month: month + 1, day: day, hour: clock[0], minute: clock[1], second: clock[2])
}
