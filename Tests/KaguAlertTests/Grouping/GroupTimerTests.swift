// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Group timer")
struct GroupTimerTests {
    private let start = Instant(seconds: 1_795_338_811)
    private let wait = Duration.seconds(30)
    private let interval = Duration.seconds(300)

    @Test("a new group waits group_wait after its first hit; further hits move nothing (R4)")
    func firstAlert() {
        var timer = GroupTimer()
        #expect(!timer.isDue(at: start))
        #expect(timer.hitArrived(at: start, wait: wait, interval: interval) == start + wait)
        #expect(timer.hitArrived(at: start + .seconds(20), wait: wait, interval: interval) == start + wait)
        #expect(!timer.isDue(at: start + .milliseconds(29_999)))
        #expect(timer.isDue(at: start + wait))
    }

    @Test("later hits wait for group_interval after the alert before (R4)")
    func laterAlert() {
        var timer = GroupTimer()
        timer.hitArrived(at: start, wait: wait, interval: interval)
        timer.bound(at: start + wait)
        #expect(!timer.isDue(at: start + wait))
        #expect(
            timer.hitArrived(at: start + .seconds(40), wait: wait, interval: interval) == start + wait + interval)
    }

    @Test("a group with nothing to tell for an interval is new again (R4)")
    func newAgain() {
        var timer = GroupTimer(lastBound: start)
        #expect(!timer.isOver(at: start + .seconds(299), interval: interval))
        #expect(timer.isOver(at: start + interval, interval: interval))
        #expect(timer.hitArrived(at: start + interval, wait: wait, interval: interval) == start + interval + wait)
        #expect(!timer.isOver(at: start + interval + interval, interval: interval))
    }

    @Test("a stored deadline survives a restart (R4)")
    func stored() {
        var timer = GroupTimer()
        timer.hitArrived(at: start, wait: wait, interval: interval)
        #expect(GroupTimer(deadline: timer.deadline, lastBound: timer.lastBound) == timer)
    }
}
