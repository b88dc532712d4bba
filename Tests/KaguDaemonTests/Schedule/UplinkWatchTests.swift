// SPDX-License-Identifier: Apache-2.0

import KaguStore
import Testing

@testable import KaguDaemon

@Suite("Uplink watch")
struct UplinkWatchTests {
    /// A run of attempts: letters are authorities that could not be reached, `.` is an answer.
    private func run(_ attempts: String, known: Int) -> (watch: UplinkWatch, verdict: UplinkVerdict?) {
        var watch = UplinkWatch()
        var last: UplinkVerdict?
        for (number, attempt) in attempts.enumerated() {
            if attempt == "." {
                _ = watch.answered()
                last = nil
            } else {
                last = watch.failed(
                    "\(attempt)\(number)", Authority(named: "\(attempt).example"),
                    before: FeedRecord(failures: number),
                    known: known)
            }
        }
        return (watch, last)
    }

    @Test(
        "down after ten failures in a row over five authorities, or all if there are fewer (P19)",
        arguments: [
            ("abcdeabcd", 40, false), ("abcdeabcde", 40, true), ("aaaaaabcde", 40, true),
            ("aaaaaaabcd", 40, false), ("aaaaaaabcdaaaaaa", 40, false), ("abcdabcdab", 4, true),
            ("aaaaaaaaaa", 1, true), ("aaaaaaaaaa", 2, false), ("abcdeabcd.e", 40, false),
            ("abcdeabcd.abcdeabcde", 40, true), ("aaaaaaaaaaaaaaabcde", 40, true), ("aaaaaaaaaa", 0, true),
        ])
    func down(attempts: String, known: Int, isDown: Bool) {
        #expect(run(attempts, known: known).watch.isDown == isDown)
    }

    @Test(
        "the failures of the last ten attempts are undone, each feed to its record before the first of them (P19)")
    func undo() {
        var watch = UplinkWatch()
        var verdict = UplinkVerdict.counts
        for number in 0..<13 {
            let feed = "f\(number % 6)"
            verdict = watch.failed(
                feed, Authority(named: feed), before: FeedRecord(failures: number), known: 6)
            if watch.isDown { break }
        }
        guard case .wentDown(let undo) = verdict else {
            Issue.record("the uplink is down after ten attempts")
            return
        }
        #expect(undo.mapValues(\.failures) == ["f0": 0, "f1": 1, "f2": 2, "f3": 3, "f4": 4, "f5": 5])
    }

    @Test("while it is down nothing counts, and an answer ends it (P19)")
    func back() {
        var (watch, _) = run("abcdeabcde", known: 40)
        guard case .ignored = watch.failed("x", Authority(named: "x"), before: FeedRecord(), known: 40) else {
            Issue.record("a failure while the uplink is down is ignored")
            return
        }
        let hasComeBack = watch.answered()
        #expect(hasComeBack && !watch.isDown)
        let isNews = watch.answered()
        #expect(!isNews)
    }
}
