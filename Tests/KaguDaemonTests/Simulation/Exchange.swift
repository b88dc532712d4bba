// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One request as the publisher received it, with what it answered: the material of the judge.
struct Exchange: Sendable {
    /// When it began, by the clock that no one can set and by the daemon's wall clock.
    var start: Duration
    var wall: Instant
    var url: String
    var method = "GET"
    /// Names and value bytes as sent.
    var headers: [(name: String, value: [UInt8])]
    /// When its answer was there; nil while there is none.
    var end: Duration?
    /// Nil: the daemon died or stopped before.
    var answer: Answer?

    /// The value of a request header.
    func header(_ name: String) -> [UInt8]? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    /// Whether it asks for everything.
    var isUnconditional: Bool { header("If-None-Match") == nil && header("If-Modified-Since") == nil }
}

/// What a publisher does with a request.
struct Answer: Sendable {
    /// A request that gets no complete answer.
    enum Trouble: String, Sendable {
        case dns, connect, connectTimeout, tls, silence, shortBody, tooLarge
    }

    var status = 0
    var headers: [(name: String, value: [UInt8])] = []
    /// Absolute, as libcurl makes it.
    var location: String?
    /// What is in the body; nil: no feed.
    var document: SimulatedDocument?
    /// A body that is no feed.
    var text = ""
    /// Nil: a complete answer.
    var trouble: Trouble?
    var delay: Duration = .milliseconds(80)
    /// Whether the publisher had nothing else to say than at the previous request of this feed.
    var isSteady = false

    init(_ status: Int, _ headers: KeyValuePairs<String, String> = [:], to location: String? = nil) {
        self.status = status
        self.headers = headers.map { ($0.key, Array($0.value.utf8)) }
        self.location = location
    }

    init(_ trouble: Trouble) { self.trouble = trouble }

    func header(_ name: String) -> [UInt8]? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }

    func text(_ name: String) -> String? { header(name).map { String(decoding: $0, as: UTF8.self) } }

    /// 301, 302, 303, 307, 308 with somewhere to go.
    var isRedirect: Bool { trouble == nil && [301, 302, 303, 307, 308].contains(status) && location != nil }
}

/// The feed in a body.
struct SimulatedDocument: Sendable {
    var items: [String]
    var ttlMinutes: Int?
    var skippedHours: [Int] = []
    var skippedDays: [Int] = []
    /// Whether the root element is closed (P9).
    var isClosed = true
    /// JSON Feed's `expired`.
    var isExpired = false
}

/// What else happened, besides requests.
enum Happening: Sendable {
    /// The daemon stopped or died, and began again.
    case died(Duration), began(Duration)
    /// The machine slept.
    case slept(from: Duration, to: Duration)
    /// The wall clock was set.
    case wallStepped(Duration, by: Duration)
    /// The operator: `feeds resume`, `feeds poll`, a new address in the list.
    case resumed(String, Duration), ordered(String, Duration, isFull: Bool), relisted(String, url: String, Duration)
}

/// A feed as the judge knows it.
struct JudgedFeed: Sendable {
    var id: String
    var url: String
    var interval: Duration?
    /// Its own headers (P25).
    var headers: [(name: String, value: String)] = []
}

/// Everything that a run has left behind.
struct SimulationRecord: Sendable {
    var feeds: [JudgedFeed]
    /// Whose address it is, for every address that a request may go to.
    var owners: [String: String]
    var exchanges: [Exchange]
    var happenings: [Happening] = []
    /// How often each item was stored: `feed/item`.
    var stored: [String: Int] = [:]
    /// Times without uplink, when no publisher can be reached.
    var outages: [ClosedRange<Duration>] = []
    var end: Duration = .zero
}
