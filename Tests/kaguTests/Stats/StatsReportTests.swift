// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import kagu

@Suite("The answer of kagu stats (O19, O26)")
struct StatsReportTests {
    private let start = Instant(seconds: 1_795_305_600)

    private func report(_ grouping: HitGrouping?, polls: PollFacts? = nil) -> StatsReport {
        let facts = PollFacts(
            hours: [
                PollHour(start: start, counts: PollCounts(polls: 3, accepted: 2, items: 9)),
                PollHour(start: start + .seconds(86_400), counts: PollCounts(polls: 1, accepted: 1, items: 4)),
            ], feeds: ["lagoon": PollCounts(polls: 2, accepted: 1, items: 5)],
            total: PollCounts(polls: 4, accepted: 3, items: 13))
        let groups: [String: HitCounts]
        switch grouping {
        case .day: groups = ["2026-11-22": HitCounts(hits: 6, stories: 5, outlets: 2)]
        case nil: groups = [:]
        default:
            groups = [
                "b": HitCounts(hits: 2, stories: 2, outlets: 1), "a": HitCounts(hits: 2, stories: 1, outlets: 1),
                "lagoon": HitCounts(hits: 4, stories: 3, outlets: 2),
            ]
        }
        let statistics = HitStatistics(
            total: HitCounts(hits: 6, stories: 5, outlets: 2), groups: groups,
            quarters: [.init(start: start, hits: 4), .init(start: start + .seconds(3 * 86_400), hits: 2)])
        return StatsReport(statistics, by: grouping, polls: polls ?? facts, clock: .utc)
    }

    @Test("piped, the answer is plain columns, most hits first")
    func plain() {
        #expect(
            report(.feed).text(.short, terminal: .plain) == """
                FEED    ITEMS  HITS  STORIES  OUTLETS  POLLS     OK
                lagoon      5     4        3        2      2  50.0%
                a           -     2        1        1      -      -
                b           -     2        2        1      -      -

                """)
        #expect(
            report(nil).text(.short, terminal: .plain) == """
                ITEMS  HITS  STORIES  OUTLETS  POLLS     OK
                   13     6        5        2      4  75.0%

                """)
    }

    @Test("days come in order, those with polls and no hit too")
    func days() {
        #expect(
            report(.day).text(.csv, terminal: .plain)
                == "day,items,hits,stories,outlets,polls,ok\r\n2026-11-22,9,6,5,2,3,66.6%\r\n2026-11-23,4,0,0,0,1,100.0%\r\n"
        )
    }

    @Test("on a terminal bars and a chart of the days stand beside the numbers")
    func chart() {
        let text = report(.watch).text(
            .short, terminal: Terminal(isTerminal: true, usesColour: false, columns: 100))
        let full = String(repeating: "█", count: StatsReport.barWidth)
        let half = String(repeating: "█", count: StatsReport.barWidth / 2)
        #expect(text.contains("lagoon      -     4        3        2      -   -   \(full)\n"))
        #expect(text.contains("13 items, 6 hits, 5 stories, 2 outlets\n4 polls, 75.0% successful\n"))
        #expect(text.hasSuffix("2026-11-22  4  \(full)\n2026-11-23  0\n2026-11-24  0\n2026-11-25  2  \(half)\n"))
    }

    @Test(
        "names come before bars on a narrow terminal, no line is wider than it, and a bar of a few cells is left out"
    )
    func narrow() {
        let hours = (0..<3).map { StatsReport.label(start + .seconds($0 * 3600), .hour, .utc) }
        let groups = Dictionary(
            uniqueKeysWithValues: hours.map { ($0, HitCounts(hits: 123_456, stories: 99_999, outlets: 77)) })
        let statistics = HitStatistics(
            total: HitCounts(hits: 6, stories: 5, outlets: 2), groups: groups,
            quarters: [.init(start: start, hits: 4), .init(start: start + .seconds(3 * 86_400), hits: 2)])
        let polls = PollFacts()
        for columns in [30, 46, 61, 70, 80, 200] {
            let terminal = Terminal(isTerminal: true, usesColour: false, columns: columns)
            for grouping in [HitGrouping.hour, .watch] {
                let lines = StatsReport(statistics, by: grouping, polls: polls, clock: .utc).text(
                    .short, terminal: terminal
                )
                .split(separator: "\n")
                if columns > 30 { #expect(lines.allSatisfy { DisplayWidth.of($0) <= columns }) }
                if columns >= 61 {
                    #expect(lines[1].hasPrefix("2026-11-22 00:00  "))
                    #expect(lines[1].contains("█") == (columns > 70))
                }
                #expect(lines.last?.contains("█") == (grouping == .watch))
            }
        }
    }

    @Test("a long name gives way to the bars, and more days than fit a screen are counted by month")
    func longNamesAndMonths() {
        let name = String(repeating: "feed-", count: 12)
        let statistics = HitStatistics(
            total: HitCounts(hits: 6, stories: 5, outlets: 2),
            groups: [name: HitCounts(hits: 6, stories: 5, outlets: 2)],
            quarters: [.init(start: start, hits: 4), .init(start: start + .seconds(80 * 86_400), hits: 2)])
        let text = StatsReport(statistics, by: .feed, polls: PollFacts(), clock: .utc).text(
            .short, terminal: Terminal(isTerminal: true, usesColour: false, columns: 80))
        let lines = text.split(separator: "\n")
        #expect(lines[1].hasPrefix("feed-feed-") && lines[1].contains("…") && lines[1].hasSuffix("████████"))
        #expect(DisplayWidth.of(lines[1]) == 80)
        #expect(lines.suffix(4).map { $0.prefix(10) } == ["2026-11  4", "2026-12  0", "2027-01  0", "2027-02  2"])
    }

    @Test("json names what it counts, and leaves out what is not known")
    func json() {
        #expect(
            report(.watch).text(.jsonl, terminal: .plain).hasPrefix(
                #"{"watch":"lagoon","hits":4,"stories":3,"outlets":2}"#))
        #expect(
            report(nil).text(.json, terminal: .plain)
                == "[\n{\"items\":13,\"hits\":6,\"stories\":5,\"outlets\":2,\"polls\":4,\"accepted_polls\":3}\n]\n")
    }

    @Test("a bar shows anything at all, and never more than its width")
    func bars() {
        #expect(StatsReport.bar(1, of: 100_000) == "▏")
        #expect(StatsReport.bar(0, of: 5) == "")
        #expect(StatsReport.bar(5, of: 5).count == StatsReport.barWidth)
    }

    @Test("hours and days are cut by the clock asked for")
    func clock() {
        #expect(StatsReport.label(start, .hour, .fixed(minutesEast: 330)) == "2026-11-22 05:00")
        #expect(StatsReport.label(start, .day, .fixed(minutesEast: -60)) == "2026-11-21")
    }
}
