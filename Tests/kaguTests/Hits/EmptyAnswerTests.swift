// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguStore
@testable import kagu

@Suite("What is said at a terminal where nothing was found (O20, O21)")
struct EmptyAnswerTests {
    private func sentence(hasHits: Bool = true, _ change: (inout HitQuery) -> Void = { _ in }) -> String? {
        var query = HitQuery()
        change(&query)
        return EmptyAnswer.sentence(query, hasHits: hasHits, now: .sample)
    }

    @Test("the reason is named where there is one, and first polls where they are left out")
    func reasons() {
        #expect(sentence() == "no hit found; --baseline adds what was there at a feed's first poll")
        #expect(sentence { $0.includesBaseline = true } == "no hit found")
        #expect(sentence(hasHits: false) == "no hit is stored yet")
        #expect(sentence { $0.since = .sample + .seconds(1) } == "--since lies in the future")
        #expect(sentence { ($0.since, $0.until) = (.sample, .sample) } == "--until is not after --since")
        #expect(sentence { $0.limit = 0 } == nil)
    }

    @Test("of many files that cannot be read the first are named and the others counted (O38)")
    func unreadable() {
        let files = (1...9).map {
            UnreadableHitFile(
                HitFileName(day: CivilDate(year: 2026, month: 11, day: $0)),
                .file(path: "x", reason: "open: permission denied"))
        }
        let first = "hits/2026-11-01.jsonl: open: permission denied; not all of its hits are shown"
        #expect(StateAccess.sentences(Array(files.prefix(1))) == [first])
        #expect(StateAccess.sentences(Array(files.prefix(4))).count == 4)
        #expect(StateAccess.sentences(files).count == 4)
        #expect(StateAccess.sentences(files).last == "6 more hit files cannot be read")
    }
}
