// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import kagu

@Suite("Times of --since and --until (O18)")
struct TimeExpressionTests {
    /// Sunday, 09:13:31 UTC.
    private let now = Instant(seconds: 1_795_338_811)

    @Test(
        "every form of O18 is read",
        arguments: [
            ("2026-11-22", "2026-11-22T00:00:00.000Z"), ("2026-11-22 14:00", "2026-11-22T14:00:00.000Z"),
            ("2026-11-22 14:00:05", "2026-11-22T14:00:05.000Z"),
            ("2026-11-22T14:00:05", "2026-11-22T14:00:05.000Z"),
            ("14:00", "2026-11-22T14:00:00.000Z"), ("today", "2026-11-22T00:00:00.000Z"),
            ("yesterday", "2026-11-21T00:00:00.000Z"), ("tomorrow", "2026-11-23T00:00:00.000Z"),
            ("now", "2026-11-22T09:13:31.000Z"), ("-2h", "2026-11-22T07:13:31.000Z"),
            ("-1h30m", "2026-11-22T07:43:31.000Z"), ("2 hours ago", "2026-11-22T07:13:31.000Z"),
            ("1 day 2 hours ago", "2026-11-21T07:13:31.000Z"), ("-1w", "2026-11-15T09:13:31.000Z"),
            ("+10min", "2026-11-22T09:23:31.000Z"), ("@0", "1970-01-01T00:00:00.000Z"),
            ("  TODAY ", "2026-11-22T00:00:00.000Z"), ("2026-11-22T14:00:00+01:00", "2026-11-22T13:00:00.000Z"),
        ])
    func form(_ text: String, _ expected: String) throws {
        #expect(try TimeExpression.parse(text, now: now, clock: .utc).description == expected)
    }

    @Test(
        "what is no time is refused, never guessed",
        arguments: [
            "", "tomorow", "2026-13-01", "2026-11-22 25:00", "2026-11-22 14", "-2", "-h", "2 hours", "-2 parsecs",
            "@", "@12x", "-99999999999999999999h", "14:0", "2026-11-22 14:00:05 x",
        ])
    func refused(_ text: String) {
        #expect(throws: TimeExpression.Mistake.self) { try TimeExpression.parse(text, now: now, clock: .utc) }
    }

    @Test("dates and times of day are the wall clock's, spans are not (O18)")
    func wallClock() throws {
        let noumea = CivilClock.fixed(minutesEast: 660)
        let late = Instant(seconds: 1_795_352_400)  // 2026-11-22T13:00Z is midnight of the 23rd there.
        #expect(try TimeExpression.parse("today", now: late, clock: noumea) == late)
        #expect(try TimeExpression.parse("2026-11-23 01:00", now: late, clock: noumea) == late + .seconds(3600))
        #expect(try TimeExpression.parse("-2h", now: late, clock: noumea) == late - .seconds(7200))
    }

    @Test("the local clock reads what it shows")
    func localRoundTrip() {
        let shown = CivilClock.local.civil(at: now)
        #expect(CivilClock.local.instant(of: shown) == now)
    }

    @Test("the sentence names the text and what would be right")
    func sentence() {
        let mistake = TimeExpression.Mistake(text: "tomorow\u{1B}[31m")
        #expect(mistake.description.hasPrefix("\"tomorow\\u{1b}[31m\" is no time; write \"2026-11-22 14:00\""))
    }
}
