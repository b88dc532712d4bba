// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import KaguDaemon

/// What systemd hears of a start that mends a large state (O10).
@Suite("Notices of a long start (O10)")
struct OpeningNoticeTests {
    private let start = Instant(seconds: 1_795_338_000)

    @Test("the first report of each work is told, then one a second; the journal hears the first only")
    func pace() throws {
        let notice = OpeningNotice()
        let first = try #require(notice.message(OpeningProgress(.index, share: 0), at: start))
        #expect(first.isFirst && first.text == "recovery: the index over the hits is made anew, 0 %")
        #expect(notice.message(OpeningProgress(.index, share: 0.1), at: start + .milliseconds(999)) == nil)
        let second = try #require(notice.message(OpeningProgress(.index, share: 0.427), at: start + .seconds(1)))
        #expect(!second.isFirst && second.text.hasSuffix(", 42 %"))
        #expect(
            notice.message(OpeningProgress(.salvage, bytes: 1), at: start + .milliseconds(1_001))?.isFirst == true)
        // A clock that was set back silences nobody.
        #expect(notice.message(OpeningProgress(.salvage, bytes: 1), at: start - .seconds(3_600)) != nil)
    }

    @Test("work that can tell how far it is gets a minute more each time, other work what its bytes may take")
    func allowance() {
        let notice = OpeningNotice()
        let known = notice.message(OpeningProgress(.index, share: 0.5), at: start)
        #expect(known?.allowance == .seconds(60))
        // A step that cannot tell, in the same second: it gets its time.
        let writing = notice.message(OpeningProgress(.index, bytes: 400 << 20), at: start + .milliseconds(1))
        #expect(writing?.allowance == .seconds(160) && writing?.isFirst == false)
        let blind = notice.message(OpeningProgress(.check, bytes: 4 << 30), at: start)
        #expect(blind?.allowance == .seconds(60 + 1024))
        #expect(blind?.text == "recovery: the database is looked through for damage")
    }
}
