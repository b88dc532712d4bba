// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Redirect ledger")
struct RedirectLedgerTests {
    private let listed = "https://old.example/rss"
    private let target = "https://new.example/rss"
    private let start = Instant(seconds: 1_795_338_000)

    /// A ledger that is written and read again between two polls, as in the daemon.
    private func stored(_ ledger: RedirectLedger) -> RedirectLedger {
        RedirectLedger(ledger.text, listedURL: listed)
    }

    /// Accepted polls at these hours, each led permanently to its target (nil: by no redirect).
    private func ledger(_ polls: [(hour: Int, target: String?)], hasParsed: Bool = true) -> RedirectLedger {
        var ledger = RedirectLedger("", listedURL: listed)
        for poll in polls {
            _ = ledger.accepted(
                from: ledger.nextURL, permanentTarget: poll.target, hasParsed: hasParsed,
                at: start + .hours(poll.hour))
            ledger = stored(ledger)
        }
        return ledger
    }

    private var confirmed: RedirectLedger { ledger([(0, target), (24, target), (48, target)]) }

    @Test("a target seen on 3 polls over 48 h is polled from then on (P24)")
    func confirms() {
        #expect(ledger([(0, target), (24, target)]).nextURL == listed)
        #expect(ledger([(0, target), (24, target), (47, target)]).nextURL == listed)
        #expect(ledger([(0, target), (48, target)]).nextURL == listed)
        #expect(confirmed.nextURL == target)
        #expect(ledger([(0, target), (1, target), (2, target), (3, target), (50, target)]).nextURL == target)
    }

    @Test("another target, or none, begins the count anew (P24)")
    func oneTarget() {
        let other = "https://elsewhere.example/rss"
        #expect(ledger([(0, target), (24, other), (48, target)]).nextURL == listed)
        #expect(ledger([(0, target), (24, nil), (48, target), (72, target)]).nextURL == listed)
        #expect(ledger([(0, target), (24, other), (48, other), (72, other)]).nextURL == other)
    }

    @Test("a target from which no feed has come is not polled (P24)")
    func mustParse() {
        #expect(ledger([(0, target), (24, target), (48, target)], hasParsed: false).nextURL == listed)
    }

    @Test("failed polls say nothing of redirects: a captive portal rewrites no address (P24)")
    func portal() {
        var ledger = RedirectLedger("", listedURL: listed)
        for hour in 0..<200 { ledger.failed(from: listed, at: start + .hours(hour)) }
        #expect(ledger.nextURL == listed && ledger.text.isEmpty)
    }

    @Test("the target of a move may move on, also back to the listed address (P24)")
    func movesOn() {
        let third = "https://third.example/rss"
        let moved = ledger([(0, target), (24, target), (48, target), (72, third), (96, third), (120, third)])
        #expect(moved.nextURL == third)
        let back = ledger([(0, target), (24, target), (48, target), (72, listed), (96, listed), (120, listed)])
        #expect(back.nextURL == listed && back.text.isEmpty)
    }

    @Test("after 7 d of failures both addresses are asked in turn (P24)")
    func doubts() {
        var ledger = confirmed
        var asked: [String] = []
        for day in 0..<12 {
            asked.append(ledger.nextURL)
            ledger.failed(from: ledger.nextURL, at: start + .days(10 + day))
            ledger = stored(ledger)
        }
        #expect(asked.prefix(8).allSatisfy { $0 == target })
        #expect(asked.suffix(4) == [listed, target, listed, target])
    }

    @Test("the listed address that works again is returned to (P24)")
    func returns() {
        var ledger = confirmed
        for day in [10, 17] { ledger.failed(from: target, at: start + .days(day)) }
        #expect(ledger.nextURL == listed)
        _ = ledger.accepted(from: listed, permanentTarget: nil, hasParsed: true, at: start + .days(18))
        #expect(stored(ledger).nextURL == listed && ledger.text.isEmpty)
    }

    @Test("a target that works again, by itself or over the listed address, is kept, and trusted for 7 d (P24)")
    func keeps() {
        for url in [target, listed] {
            var ledger = confirmed
            for day in [10, 17] { ledger.failed(from: target, at: start + .days(day)) }
            _ = ledger.accepted(
                from: url, permanentTarget: url == listed ? target : nil, hasParsed: true, at: start + .days(18))
            #expect(ledger.nextURL == target)
            ledger.failed(from: target, at: start + .days(19))
            #expect(ledger.nextURL == target)
        }
    }

    @Test("another listed address makes the ledger void; so does text that it did not write (P24)")
    func void() {
        #expect(
            RedirectLedger(confirmed.text, listedURL: "https://other.example/").nextURL == "https://other.example/")
        #expect(RedirectLedger("{}", listedURL: listed).nextURL == listed)
        #expect(RedirectLedger("nonsense", listedURL: listed).nextURL == listed)
    }
}
