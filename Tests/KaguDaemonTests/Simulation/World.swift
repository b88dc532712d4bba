// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// 200 feeds on 40 authorities, with everything that publishers do to their readers (§1.4), drawn from one seed.
struct World {
    var feeds: [SimulatedFeed] = []
    /// Times without uplink, on the monotonic clock.
    var outages: [ClosedRange<Duration>] = []
    static let hostGroups = ["*.blog.example"]
    /// `poll.max_interval`: with the default of 6 h a month would have three times as many polls and nothing more to see.
    static let ceiling: Duration = .seconds(24 * 3600)
    static let beginning: Duration = .seconds(1000)

    /// Whose address it is, for every address that a request may go to.
    var owners: [String: String] {
        var owners: [String: String] = [:]
        for feed in feeds { for url in [feed.url] + feed.targets { owners[url] = feed.id } }
        return owners
    }

    var judged: [JudgedFeed] {
        feeds.map { JudgedFeed(id: $0.id, url: $0.url, interval: $0.interval, headers: $0.headers) }
    }

    init(seed: UInt64, feedCount: Int = 200, authorityCount: Int = 40, days: Int64) {
        var chance = SplitMix(state: seed)
        for number in 0..<feedCount {
            feeds.append(Self.feed(number, host: number % authorityCount, days: days, &chance))
        }
        outages = [
            (Self.day(9) + .seconds(7200))...(Self.day(9) + .seconds(7200 + 5 * 3600)),
            (Self.day(22) + .seconds(100))...(Self.day(22) + .seconds(2500)),
        ]
    }

    static func day(_ number: Int64) -> Duration { beginning + .seconds(number * 86_400) }

    private static func feed(_ number: Int, host: Int, days: Int64, _ chance: inout SplitMix) -> SimulatedFeed {
        let name = host < 34 ? "site\(host).example" : "b\(host).blog.example"
        let port = host == 7 ? ":8443" : ""
        var feed = SimulatedFeed(id: "f\(number)", url: "https://\(name)\(port)/f\(number).xml?a=%7E&b=c+d")
        feed.targets = (1...7).map { "https://cdn\((number + $0) % 6).example/f\(number)/\($0)" }
        feed.targets.append("http://plain.example/f\(number)")
        feed.validation = SimulatedFeed.Validation.allCases[number % SimulatedFeed.Validation.allCases.count]
        feed.itemEvery =
            number % 3 == 0 ? nil : .seconds(Int64.random(in: 10...120, using: &chance) * 3600 + Int64(number))
        feed.isJSON = number % 9 == 4
        switch number % 11 {
        case 1: feed.cacheControl = "public, max-age=7200"
        case 2: feed.cacheControl = "no-store, max-age=0"
        case 3: feed.expiresAfter = 10_800
        case 4: (feed.cacheControl, feed.age) = ("max-age=90000", "600")
        case 5: feed.ttlMinutes = 240
        case 6: feed.skippedHours = [0, 1, 2, 3, 4, 5, 22, 23]
        case 7: feed.skippedDays = [6, 7]
        case 8: feed.skippedHours = Array(0...23)
        default: break
        }
        if feed.isJSON { (feed.skippedHours, feed.skippedDays, feed.ttlMinutes) = ([], [], nil) }
        if number % 17 == 5 { feed.interval = .seconds(3 * 3600) }
        if number % 40 == 13 { feed.headers = [("Authorization", "Bearer token-\(number)"), ("X-Own", "1")] }
        feed.episodes = episodes(number, days: days, &chance)
        return feed
    }

    // MARK: What goes wrong

    private static func episodes(_ number: Int, days: Int64, _ chance: inout SplitMix) -> [SimulatedFeed.Episode] {
        if let fate = fates(days)[number] { return fate }
        // A tenth has no trouble ever.
        guard number % 10 != 0 else { return [] }
        return (0..<3).map { part in
            let fault = faults[(number * 3 + part) % faults.count]
            let from = day(Int64(2 + part * 9)) + .seconds(Int64.random(in: 0...(6 * 86_400), using: &chance))
            let length = Duration.seconds(Int64.random(in: 3600...(40 * 3600), using: &chance))
            return SimulatedFeed.Episode(from: from - beginning, to: from - beginning + length, fault: fault)
        }
    }

    private static let faults: [SimulatedFeed.Fault] = [
        .status(404), .status(500), .status(403), .status(401), .status(451), .status(503), .status(429),
        .status(204), .status(206), .status(300), .status(418),
        .statusAfter(429, retryAfter: "5400"), .statusAfter(429, retryAfter: "soon"),
        .statusAfter(429, retryAfter: "0"), .statusUntil(429, seconds: 9000), .statusAfter(429, retryAfter: "-5"),
        .statusAfter(503, retryAfter: "30000"), .statusUntil(503, seconds: 50_000),
        .statusAfter(404, retryAfter: "90000"), .statusAfter(403, retryAfter: "60"),
        .trouble(.dns), .trouble(.connect), .trouble(.connectTimeout), .trouble(.tls), .trouble(.silence),
        .trouble(.shortBody), .trouble(.tooLarge),
        .redirect([302]), .redirect([307, 301]), .redirect([303]), .redirect([301]), .redirect([308, 302]), .loop,
        .tooManyHops, .toPlainHTTP, .html, .wall, .garbage, .unclosed, .notModifiedAlways, .stripped,
    ]

    /// Feeds with a fate of their own, for what takes longer than an episode.
    private static func fates(_ days: Int64) -> [Int: [SimulatedFeed.Episode]] {
        func episode(_ from: Int64, _ to: Int64, _ fault: SimulatedFeed.Fault) -> SimulatedFeed.Episode {
            SimulatedFeed.Episode(from: .seconds(from * 86_400), to: .seconds(to * 86_400), fault: fault)
        }
        return [
            // Moves that are confirmed: one hop, two, and a prefix of permanent ones.
            3: [episode(3, days, .redirect([301]))],
            23: [episode(0, days, .redirect([308]))],
            43: [episode(2, days, .redirect([301, 308]))],
            53: [episode(4, days, .redirect([301, 302]))],
            // Never: temporary first, to plain HTTP, too short a time.
            63: [episode(1, days, .redirect([302, 301]))],
            73: [episode(1, days, .toPlainHTTP)],
            83: [episode(5, 6, .redirect([301]))],
            // A confirmed target that fails for more than a week, then both work again.
            93: [episode(1, 6, .redirect([301])), episode(6, 17, .status(500))],
            13: [episode(2, 12, .redirect([301]))],
            // Gone for good; gone and resumed.
            33: [episode(8, days, .status(410))],
            76: [episode(10, days, .expired)],
            113: [episode(8, 15, .status(410))],
            // A pause of more than a week is seven days.
            123: [episode(19, 20, .statusAfter(503, retryAfter: "1000000"))],
            // 304 for ever, until an operator polls in full.
            133: [episode(0, 1, .notModifiedAlways)],
        ]
    }
}
