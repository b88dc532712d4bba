// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Follows one feed from poll to poll: validators, redirects, and when the next poll may be and must be (§1.2–§1.4).
struct PaceJudge {
    let settings: Judge.Settings
    let record: SimulationRecord
    let uncounted: Set<Duration>
    let unusable: UnusableTimes
    var feed: JudgedFeed
    private(set) var violations: [Judge.Violation] = []
    /// Starts of the polls that an operator wanted unconditional (P13).
    private(set) var fullPolls: Set<Duration> = []

    private var held = JudgedValidators()
    private var interval: Duration?
    private var failures = 0
    private var known: Set<String> = []
    private var hasBaseline = false
    private var hints = SimulatedDocument(items: [])
    private var isGone = false
    private var redirects = JudgedRedirects()
    private var previous: JudgedPoll?
    /// Not before, and at the latest after, by the last poll.
    private var notBefore: Duration = .zero
    private var latest: Duration?
    private var isHinted = false
    /// The latest due time, before skipped hours have moved it: a later start has waited for a gate.
    private var latestUnskipped: Duration = .zero
    private var heldUntil: Duration = .zero
    private var wallHasStepped = false
    private var happenings: ArraySlice<Happening>

    init(
        _ feed: JudgedFeed, _ settings: Judge.Settings, _ record: SimulationRecord, uncounted: Set<Duration>,
        unusable: UnusableTimes
    ) {
        self.feed = feed
        self.settings = settings
        self.record = record
        self.uncounted = uncounted
        self.unusable = unusable
        happenings = record.happenings[...]
    }

    private mutating func complain(_ rule: String, _ poll: JudgedPoll, _ text: String) {
        violations.append(Judge.Violation(rule: rule, at: poll.start, text: "\(feed.id): \(text)"))
    }

    // MARK: One poll

    mutating func take(_ poll: JudgedPoll) {
        let order = pass(until: poll.start)
        judgeTime(poll, isOrdered: order != nil)
        judgeAddresses(poll)
        judgeValidators(poll, isFull: order ?? false)
        if order ?? false { fullPolls.insert(poll.start) }
        let before = (interval, failures, held)
        conclude(poll)
        if uncounted.contains(poll.start) {
            (interval, failures, held) = before
            (notBefore, latest) = (heldUntil, nil)
        }
        previous = poll
    }

    /// Passes what happened before `start`; returns whether an operator wanted this poll, and whether in full.
    private mutating func pass(until start: Duration) -> Bool? {
        var order: Bool?
        while let next = happenings.first, next.at <= start {
            happenings.removeFirst()
            switch next {
            case .resumed(feed.id, _):
                (isGone, interval, failures, held) = (false, nil, 0, JudgedValidators())
                (notBefore, latest, heldUntil) = (.zero, nil, .zero)
            case .ordered(feed.id, let at, let isFull): if start - at < .seconds(120) { order = isFull }
            case .relisted(feed.id, let url, _):
                feed.url = url
                redirects = JudgedRedirects()
                (isGone, failures, notBefore, heldUntil, latest) = (false, 0, .zero, .zero, nil)
            case .began(let at):
                // A due time that a stepped wall clock makes doubtful counts from the restart.
                if let due = latest, wallHasStepped, let last = previous {
                    latest = max(due, at + (due - last.start))
                }
            case .wallStepped: wallHasStepped = true
            default: break
            }
        }
        return order
    }

    private mutating func judgeTime(_ poll: JudgedPoll, isOrdered: Bool) {
        guard previous != nil else { return }
        if isGone, !isOrdered { complain("P18", poll, "polled although it is gone") }
        if poll.start < heldUntil - settings.tolerance {
            complain("P21", poll, "\(heldUntil - poll.start) before the end of its Retry-After")
        }
        guard !isOrdered else { return }
        if poll.start < notBefore - settings.tolerance {
            complain(rule, poll, "\(notBefore - poll.start) too early")
        }
        judgeLateness(until: poll.start)
        let seconds = (poll.first.wall.seconds % 86_400 + 86_400) % 86_400
        if hints.skippedHours.contains(Int(seconds / 3600)), seconds % 3600 > 300, failures == 0, !wallHasStepped,
            poll.start <= latestUnskipped
        {
            complain("P17", poll, "in a skipped hour")
        }
    }

    /// The rule that the last poll's answer brought up.
    private var rule: String {
        guard let answer = previous?.last.answer else { return "P20" }
        if answer.trouble != nil { return "P18" }
        switch answer.status {
        case 200 where answer.document != nil, 304: return failures > 0 ? "P18" : isHinted ? "P17" : "P14"
        case 401, 403, 451: return "P18"
        case 429, 503: return "P21"
        default: return "P18"
        }
    }

    /// Nothing strands a feed (P18, P20): what time was usable since it fell due must be short.
    private mutating func judgeLateness(until start: Duration) {
        guard let latest, start > latest, !isGone else { return }
        let usable = unusable.usable(latest...start, for: feed.id)
        guard usable > .seconds(20 * 60) else { return }
        let text = "\(feed.id): polled \(usable) late"
        violations.append(Judge.Violation(rule: "P18", at: start, text: text))
    }

    /// The run has ended.
    mutating func finish() {
        _ = pass(until: record.end)
        judgeLateness(until: record.end)
    }

    // MARK: Addresses

    private mutating func judgeAddresses(_ poll: JudgedPoll) {
        let start = poll.first.url
        let allowed = redirects.startURLs(listed: feed.url, at: poll.start)
        if !allowed.contains(start) { complain("P24", poll, "asked \(start) first; \(allowed) was due") }
        if poll.exchanges.count > 6 { complain("P24", poll, "\(poll.exchanges.count - 1) hops") }
    }

    private mutating func judgeValidators(_ poll: JudgedPoll, isFull: Bool) {
        for exchange in poll.exchanges {
            let (tag, date) = (exchange.header("If-None-Match"), exchange.header("If-Modified-Since"))
            if isFull {
                if !exchange.isUnconditional { complain("P13", poll, "a full poll with conditions") }
                continue
            }
            let due = held.url == exchange.url ? held : JudgedValidators()
            if due.isEmpty, !exchange.isUnconditional {
                complain("P6", poll, "\(exchange.url) is asked with conditions that nobody gave")
            } else if tag != due.tag || date != due.date {
                complain("P7", poll, "\(exchange.url): the pair is not that of the last answer")
            }
        }
    }

    // MARK: What follows from an answer

    private mutating func conclude(_ poll: JudgedPoll) {
        guard let answer = poll.last.answer else {
            // Its end was never stored: the start holds.
            let floor = held.isEmpty ? settings.floorWithout : settings.floorWithValidators
            (notBefore, latest) = (max(heldUntil, poll.start + (feed.interval ?? floor)), nil)
            return
        }
        if answer.trouble == nil, answer.status == 304, !poll.last.isUnconditional {
            held.update(answer, at: poll.last.url, replacesAll: false)
            accept(poll, new: 0, of: 0)
        } else if answer.trouble == nil, answer.status == 200, let document = answer.document {
            if document.isClosed { held.update(answer, at: poll.last.url, replacesAll: true) }
            hints = document
            if hints.skippedHours.count == 24 { hints.skippedHours = [] }
            let new = document.items.filter { !known.contains($0) }.count
            known.formUnion(document.items)
            accept(poll, new: new, of: document.items.count, isBaseline: !hasBaseline)
            hasBaseline = true
            if document.isExpired { isGone = true }
        } else {
            refuse(poll, answer)
        }
    }

    private mutating func accept(_ poll: JudgedPoll, new: Int, of total: Int, isBaseline: Bool = false) {
        failures = 0
        heldUntil = .zero
        if redirects.accepted(poll, listed: feed.url) { held = JudgedValidators() }
        var next = (interval ?? .seconds(3600)).milliseconds
        if !isBaseline {
            if new == 0 {
                next = next * 115 / 100
            } else if new == total {
                next = 0
            } else if (total - new) * 2 >= total {
                next = next * 7 / 10
            } else {
                next = next / 2
            }
        }
        interval = bounded(.milliseconds(next))
        var wait = max(interval ?? .zero, freshness(poll.last))
        if let minutes = hints.ttlMinutes { wait = max(wait, min(.seconds(minutes * 60), settings.ceiling)) }
        isHinted = wait > interval ?? .zero
        // Rounding to milliseconds adds up over many steps.
        notBefore = poll.start + wait - .milliseconds(200)
        let skipped: Duration = hints.skippedHours.isEmpty && hints.skippedDays.isEmpty ? .zero : .seconds(86_400)
        latestUnskipped = poll.end + longest(wait)
        latest = latestUnskipped + skipped
    }

    private mutating func refuse(_ poll: JudgedPoll, _ answer: Answer) {
        failures += 1
        let base = bounded(interval ?? .seconds(3600))
        var wait = base
        for _ in 0..<min(failures, 12) { wait += wait }
        wait = max(min(wait, .seconds(86_400)), base)
        let isDoubted = redirects.failed(poll)
        if isDoubted { wait = max(min(base, wait), .seconds(12 * 3600)) }
        let complete = answer.trouble == nil
        let wall = poll.last.wall + (poll.end - poll.last.start)
        var least = complete ? judgedRetryAfter(answer.text("Retry-After"), at: wall) : nil
        if complete, answer.status == 429, least == nil { least = max(base + base, .seconds(4 * 3600)) }
        heldUntil = least.map { poll.end + $0 } ?? .zero
        if complete, [401, 403, 451].contains(answer.status) || answer.header("cf-mitigated") != nil {
            wait = max(wait, .seconds(4 * 3600))
        }
        if complete, answer.status == 410 { isGone = true }
        // A redirect into a pause ends the poll as throttled.
        notBefore = max(poll.start + wait - .milliseconds(200), heldUntil)
        latest = max(poll.end + longest(wait), heldUntil + .seconds(600))
        if answer.isRedirect { latest = nil }
    }

    private func longest(_ wait: Duration) -> Duration { wait + min(wait / 10, .seconds(600)) + .seconds(60) }

    private func bounded(_ value: Duration) -> Duration {
        if let fixed = feed.interval { return fixed }
        let floor = held.isEmpty ? settings.floorWithout : settings.floorWithValidators
        return min(max(value, floor), max(settings.ceiling, floor))
    }

    /// `max-age`, else `Expires` − `Date`, minus `Age`, up to 24 h (P17).
    private func freshness(_ exchange: Exchange) -> Duration {
        guard let answer = exchange.answer else { return .zero }
        var seconds: Int64 = 0
        if let directive = answer.text("Cache-Control")?.split(separator: ",").map({ $0.drop { $0 == " " } })
            .first(where: { $0.hasPrefix("max-age=") })
        {
            seconds = Int64(directive.dropFirst("max-age=".count)) ?? 0
        } else if let expires = answer.text("Expires").flatMap(judgedDate),
            let date = answer.text("Date").flatMap(judgedDate)
        {
            seconds = expires.seconds - date.seconds
        }
        seconds -= answer.text("Age").flatMap { Int64($0) } ?? 0
        return .seconds(max(0, min(seconds, 86_400)))
    }
}
