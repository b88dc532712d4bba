// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Answer")
struct AnswerTests {
    private let now = Instant(seconds: 1_795_338_811)

    @Test(
        "statuses fall into the classes of D9",
        arguments: [
            (200, AnswerClass.success), (202, .success), (204, .success), (299, .success), (408, .transient),
            (425, .transient), (429, .transient), (500, .transient), (502, .transient), (503, .transient),
            (599, .transient), (301, .configSuspect), (302, .configSuspect), (304, .configSuspect),
            (307, .configSuspect), (400, .configSuspect), (401, .configSuspect), (403, .configSuspect),
            (404, .configSuspect), (405, .configSuspect), (413, .configSuspect), (415, .configSuspect),
            (418, .configSuspect), (422, .configSuspect), (410, .gone), (101, .transient), (999, .transient),
        ])
    func statuses(status: Int, expected: AnswerClass) {
        let answer = Answer(.answered(status: status), isSigned: true, at: now)
        #expect(answer.answerClass == expected)
        #expect(answer.status == status)
    }

    @Test(
        "failures without an answer are transient; a refused address, an unusable URL, no encryption are not (D9)")
    func failures() {
        let classes = TransportFailure.allCases.map { Answer(.failed($0), isSigned: true, at: now).answerClass }
        #expect(
            classes == [
                .transient, .transient, .transient, .transient, .transient, .configSuspect, .configSuspect,
                .configSuspect,
            ])
        #expect(Answer(.failed(.dns), isSigned: false, at: now).reason == .dns)
        #expect(Answer(.failed(.blockedAddress), isSigned: false, at: now).reason == .blockedAddress)
    }

    @Test("a floor counts on every answer but success, for the whole receiver after 429, and up to 24 h (D8)")
    func floors() {
        func answer(_ status: Int, _ floor: Duration) -> Answer {
            Answer(.answered(status: status, floor: floor), isSigned: false, at: now)
        }
        #expect(answer(503, .seconds(120)).floor == .seconds(120))
        #expect(!answer(503, .seconds(120)).floorHoldsReceiver)
        #expect(answer(404, .seconds(120)).floor == .seconds(120))
        #expect(answer(429, .seconds(60)).floorHoldsReceiver)
        #expect(!answer(429, .zero).floorHoldsReceiver)
        #expect(answer(200, .seconds(120)).floor == .zero)
        #expect(answer(429, .seconds(200_000)).floor == .seconds(86_400))
    }

    @Test(
        "a refused signature is blamed on clocks when the receiver's Date is over 5 min away (D9, T32)",
        arguments: [
            (401, true, 301, AnswerClass.clockSuspect), (400, true, -301, .clockSuspect),
            (401, true, 300, .configSuspect), (401, false, 4000, .configSuspect), (403, true, 4000, .configSuspect),
            (500, true, 4000, .transient), (200, true, 4000, .success),
        ])
    func clocks(status: Int, isSigned: Bool, offset: Int, expected: AnswerClass) {
        let date = now + .seconds(offset)
        let answer = Answer(.answered(status: status, date: date), isSigned: isSigned, at: now)
        #expect(answer.answerClass == expected)
        #expect((answer.reason == .clock) == (expected == .clockSuspect))
    }
}
