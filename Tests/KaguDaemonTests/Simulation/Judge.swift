// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads the record of a run and holds every request against §1 of the specification. Shares no code with the
/// policies that it judges.
struct Judge {
    /// The configuration of the run.
    struct Settings {
        var floorWithValidators: Duration = .seconds(15 * 60)
        var floorWithout: Duration = .seconds(60 * 60)
        var ceiling: Duration = .seconds(6 * 3600)
        var spacing: Duration = .seconds(1)
        var hostGroups: [String] = []
        /// Whether a 429 holds only its URL: allow-listed private addresses (P22).
        var holdsOnlyURL = false
        /// Clocks of a real origin are read by another process than the one that waits.
        var tolerance: Duration = .milliseconds(5)
    }

    /// A request that should not have been, or one that is missing.
    struct Violation: CustomStringConvertible {
        var rule: String
        var at: Duration
        var text: String
        var description: String { "\(rule) at \(at.components.seconds) s: \(text)" }
    }

    /// What became of a run.
    struct Verdict {
        var violations: [Violation] = []
        var polls = 0
        var requests = 0
        /// Polls of feeds that send validators and had nothing new, and how many of them ended in 304.
        var steady = 0
        var notModified = 0
        var share: Double { steady == 0 ? 0 : Double(notModified) / Double(steady) }
    }

    let settings: Settings

    func judge(_ record: SimulationRecord) -> Verdict {
        var verdict = Verdict()
        verdict.requests = record.exchanges.count
        verdict.violations += RequestJudge(record).violations()
        verdict.violations += AuthorityJudge(settings, record).violations()
        let polls = JudgedPoll.polls(of: record)
        let uplink = UplinkJudge(polls, record)
        let unusable = UnusableTimes(record, settings)
        verdict.violations += uplink.violations
        for feed in record.feeds {
            let own = polls[feed.id] ?? []
            verdict.polls += own.count
            var pace = PaceJudge(feed, settings, record, uncounted: uplink.uncounted, unusable: unusable)
            for poll in own { pace.take(poll) }
            pace.finish()
            verdict.violations += pace.violations
            for poll in own.dropFirst() where poll.first.answer?.isSteady ?? false && poll.sendsValidators {
                guard !pace.fullPolls.contains(poll.first.start) else { continue }
                verdict.steady += 1
                if poll.last.answer?.status == 304 { verdict.notModified += 1 }
            }
        }
        verdict.violations += itemViolations(record, polls)
        return verdict
    }

    /// Every item that a poll was given is stored exactly once (P12).
    private func itemViolations(_ record: SimulationRecord, _ polls: [String: [JudgedPoll]]) -> [Violation] {
        var given: Set<String> = []
        var violations: [Violation] = []
        for (feed, polls) in polls {
            for poll in polls {
                guard let answer = poll.last.answer, answer.status == 200, answer.trouble == nil else { continue }
                for item in answer.document?.items ?? [] { given.insert("\(feed)/\(item)") }
            }
        }
        for item in given.sorted() where record.stored[item] == nil {
            violations.append(Violation(rule: "P12", at: record.end, text: "item \(item) was given and not stored"))
        }
        for (item, count) in record.stored.sorted(by: { $0.key < $1.key }) where count > 1 {
            violations.append(
                Violation(rule: "P12", at: record.end, text: "item \(item) was stored \(count) times"))
        }
        return violations
    }
}

/// One poll: a request, and the redirects that it led to.
struct JudgedPoll {
    var exchanges: [Exchange]
    var feed: String

    var first: Exchange { exchanges[0] }
    var last: Exchange { exchanges[exchanges.count - 1] }
    var start: Duration { first.start }
    /// When it ended; where the daemon died, when it began.
    var end: Duration { last.end ?? last.start }

    /// The publisher's validators, if the last answer carries any.
    var sendsValidators: Bool {
        last.answer?.status == 304 || last.answer?.header("ETag") != nil
            || last.answer?.header("Last-Modified") != nil
    }

    /// Whether some byte of an answer came; nil: that cannot be said.
    var hasAnswered: Bool? {
        if exchanges.count > 1 { return true }
        guard let answer = last.answer else { return nil }
        switch answer.trouble {
        case nil, .tls, .shortBody, .tooLarge: return true
        case .dns, .connect, .connectTimeout: return false
        case .silence: return nil
        }
    }

    /// The polls of each feed in order: a request belongs to the poll before it when that was led to it.
    static func polls(of record: SimulationRecord) -> [String: [JudgedPoll]] {
        var polls: [String: [JudgedPoll]] = [:]
        for exchange in record.exchanges.sorted(by: { $0.start < $1.start }) {
            guard let feed = record.owners[exchange.url] else { continue }
            if polls[feed]?.last?.leads(to: exchange.url) ?? false {
                polls[feed]?.last?.exchanges.append(exchange)
            } else {
                polls[feed, default: []].append(JudgedPoll(exchanges: [exchange], feed: feed))
            }
        }
        return polls
    }

    private func leads(to url: String) -> Bool {
        guard let answer = last.answer, answer.isRedirect, answer.location == url else { return false }
        return exchanges.count <= 5 && !exchanges.contains { $0.url == url }
    }
}

extension Array {
    fileprivate var last: Element? {
        get { isEmpty ? nil : self[count - 1] }
        set { if let newValue, !isEmpty { self[count - 1] = newValue } }
    }
}

/// Host and port, read by hand.
func judgedAuthority(_ url: String, _ groups: [String] = []) -> String {
    let scheme = url.prefix { $0 != ":" }
    let rest = url.dropFirst(scheme.count + 3)
    var authority = rest.prefix { $0 != "/" && $0 != "?" }.lowercased()
    if scheme == "https", authority.hasSuffix(":443") { authority.removeLast(4) }
    if scheme == "http", authority.hasSuffix(":80") { authority.removeLast(3) }
    return groups.first { $0.hasPrefix("*.") && authority.hasSuffix($0.dropFirst()) } ?? authority
}
