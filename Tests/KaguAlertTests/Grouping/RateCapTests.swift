// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Rate cap")
struct RateCapTests {
    private let start = Instant(seconds: 1_795_338_811)

    @Test("what exceeds the cap waits until the hour has slid past the oldest message (R12)")
    func slidingHour() {
        var cap = RateCap(maximumPerHour: 2)
        #expect(cap.allows(at: start))
        cap.record(start)
        cap.record(start + .seconds(60))
        #expect(cap.nextFree(at: start + .seconds(61)) == start + .seconds(3600))
        #expect(!cap.allows(at: start + .milliseconds(3_599_999)))
        #expect(cap.allows(at: start + .seconds(3600)))
        cap.record(start + .seconds(3600))
        #expect(cap.nextFree(at: start + .seconds(3600)) == start + .seconds(3660))
    }

    @Test("no hour holds more messages than the cap, however many wait (R12, T18)")
    func neverMore() {
        var cap = RateCap(maximumPerHour: 20)
        var sent: [Instant] = []
        for second in 0..<5000 {
            let now = start + .seconds(second)
            guard cap.allows(at: now) else { continue }
            cap.record(now)
            sent.append(now)
        }
        #expect(sent.count == 40)
        for (index, instant) in sent.enumerated().dropFirst(20) {
            #expect(instant - sent[index - 20] >= .seconds(3600))
        }
    }

    @Test("messages are counted from the store in any order, and a lowered cap counts the newest (R12)")
    func fromStore() {
        let bound = [start + .seconds(20), start, start + .seconds(10)]
        #expect(
            RateCap(maximumPerHour: 3, bound: bound).nextFree(at: start + .seconds(30)) == start + .seconds(3600))
        #expect(
            RateCap(maximumPerHour: 1, bound: bound).nextFree(at: start + .seconds(30)) == start + .seconds(3620))
        #expect(RateCap(maximumPerHour: 4, bound: bound).allows(at: start + .seconds(30)))
    }

    @Test("what remains of the hour is what was not bound in it (R12)")
    func remaining() {
        let cap = RateCap(maximumPerHour: 3, bound: [start, start + .seconds(10)])
        #expect(cap.remaining(at: start + .seconds(10)) == 1)
        #expect(cap.remaining(at: start + .seconds(3600)) == 2)
        #expect(cap.remaining(at: start + .seconds(5)) == 2, "what lies in the future does not count")
    }
}
