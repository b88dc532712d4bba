// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The pair that the next request must echo (P6–P10).
struct JudgedValidators {
    var url = ""
    var tag: [UInt8]?
    var date: [UInt8]?

    var isEmpty: Bool { tag == nil && date == nil }

    mutating func update(_ answer: Answer, at url: String, replacesAll: Bool) {
        let (tag, date) = (answer.header("ETag"), answer.header("Last-Modified"))
        self.url = url
        self.tag = replacesAll ? tag : tag ?? self.tag
        self.date = replacesAll ? date : date ?? self.date
    }
}

/// Permanent redirects: seen, confirmed, doubted (P24).
struct JudgedRedirects {
    private var target: String?
    private var sightings = 0
    private var since: Duration = .zero
    private var hasParsed = false
    private var confirmed: String?
    private var failingSince: Duration?
    private var listedTriedAt: Duration?

    /// The addresses that a poll may begin with.
    func startURLs(listed: String, at now: Duration) -> [String] {
        guard let confirmed else { return [listed] }
        guard let failingSince, now - failingSince >= .seconds(7 * 86_400) else { return [confirmed] }
        // The listed one once a day.
        if let listedTriedAt, now - listedTriedAt < .seconds(86_000) { return [confirmed] }
        return [confirmed, listed]
    }

    /// Takes an accepted poll; true when a move is confirmed with it.
    mutating func accepted(_ poll: JudgedPoll, listed: String) -> Bool {
        failingSince = nil
        listedTriedAt = nil
        var prefix: String?
        for exchange in poll.exchanges.dropLast() {
            guard let answer = exchange.answer, answer.status == 301 || answer.status == 308,
                let location = answer.location, !(exchange.url.hasPrefix("https:") && location.hasPrefix("http:"))
            else { break }
            prefix = location
        }
        if poll.first.url == listed, let confirmed {
            if prefix == confirmed { return false }
            self.confirmed = nil
            target = nil
        }
        guard let prefix else {
            target = nil
            return false
        }
        if prefix != target { (target, sightings, since, hasParsed) = (prefix, 0, poll.end, false) }
        sightings += 1
        if poll.last.answer?.status == 200 { hasParsed = true }
        guard sightings >= 3, poll.end - since >= .seconds(48 * 3600), hasParsed else { return false }
        confirmed = prefix
        target = nil
        return true
    }

    /// Takes a poll that failed; true when the confirmed address is in doubt.
    mutating func failed(_ poll: JudgedPoll) -> Bool {
        guard let confirmed else { return false }
        if poll.first.url != confirmed { listedTriedAt = poll.start }
        failingSince = failingSince ?? poll.end
        return poll.end - (failingSince ?? poll.end) >= .seconds(7 * 86_400)
    }
}

extension Happening {
    /// When.
    var at: Duration {
        switch self {
        case .died(let at), .began(let at), .slept(_, let at), .wallStepped(let at, _): at
        case .resumed(_, let at), .ordered(_, let at, _), .relisted(_, _, let at): at
        }
    }
}

/// Times in which feeds could not be polled: the daemon was not there, the machine slept, the uplink was down, an
/// authority had asked for a pause.
struct UnusableTimes {
    typealias Span = (from: Duration, to: Duration)
    private var forAll: [Span] = []
    private var pauses: [String: [Span]] = [:]
    private var authorities: [String: Set<String>] = [:]

    init(_ record: SimulationRecord, _ settings: Judge.Settings) {
        forAll = record.outages.map { ($0.lowerBound, $0.upperBound + .seconds(900)) }
        var died: Duration?
        for happening in record.happenings {
            switch happening {
            case .died(let at): died = at
            // After a start, many are spread over ten minutes.
            case .began(let at): if let from = died { forAll.append((from, at + .seconds(660))) }
            case .slept(let from, let to): forAll.append((from, to + .seconds(660)))
            default: break
            }
        }
        for (url, feed) in record.owners {
            authorities[feed, default: []].insert(judgedAuthority(url, settings.hostGroups))
        }
        for exchange in record.exchanges where exchange.answer?.status == 429 {
            guard let end = exchange.end else { continue }
            let wall = exchange.wall + (end - exchange.start)
            let wait =
                judgedRetryAfter(exchange.answer?.text("Retry-After"), at: wall)
                ?? max(settings.ceiling + settings.ceiling, .seconds(4 * 3600))
            let authority = judgedAuthority(exchange.url, settings.hostGroups)
            pauses[authority, default: []].append((end, end + wait + .seconds(60)))
        }
    }

    /// How much of a time could be used for a feed.
    func usable(_ time: ClosedRange<Duration>, for feed: String) -> Duration {
        var spans = forAll
        for authority in authorities[feed] ?? [] { spans += pauses[authority] ?? [] }
        var usable = time.upperBound - time.lowerBound
        var passed = time.lowerBound
        for span in spans.sorted(by: { $0.from < $1.from }) where span.to > passed {
            usable -= max(.zero, min(span.to, time.upperBound) - max(span.from, passed))
            passed = max(passed, span.to)
        }
        return usable
    }
}
