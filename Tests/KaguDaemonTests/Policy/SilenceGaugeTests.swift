// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KaguDaemon

@Suite("Silence")
struct SilenceGaugeTests {
    private func gauge(_ hours: [Int]) -> SilenceGauge {
        var gauge = SilenceGauge()
        for hour in hours { gauge.note(.hours(hour)) }
        return gauge
    }

    @Test("nine gaps say nothing, ten do (H4)")
    func fewest() {
        #expect(gauge(Array(repeating: 1, count: 9)).limit == nil)
        #expect(!gauge(Array(repeating: 1, count: 9)).isSilent(after: .days(900)))
        #expect(gauge(Array(repeating: 1, count: 10)).limit == .days(3))
    }

    @Test("the limit is max(3 d, 5 × the 95th percentile of the gaps) (H4)")
    func limit() {
        #expect(gauge(Array(repeating: 24, count: 10)).limit == .days(5))
        // Of twenty, the nineteenth: one outlier in twenty does not count.
        #expect(gauge(Array(repeating: 24, count: 19) + [2400]).limit == .days(5))
        #expect(gauge(Array(repeating: 24, count: 18) + [240, 2400]).limit == .days(50))
        #expect(gauge([240] + Array(repeating: 24, count: 9)).limit == .days(50))
    }

    @Test("silence begins beyond the limit (H4)")
    func begins() {
        let daily = gauge(Array(repeating: 24, count: 10))
        #expect(!daily.isSilent(after: .days(5)))
        #expect(daily.isSilent(after: .days(5) + .seconds(1)))
    }

    @Test("the newest 64 gaps are kept, and a clock set back adds none")
    func bounded() {
        var gauge = gauge([1000] + Array(repeating: 1, count: SilenceGauge.keptGaps))
        #expect(gauge.gaps.count == 64 && gauge.limit == .days(3))
        gauge.note(.seconds(-5))
        #expect(gauge.gaps.count == 64 && gauge.gaps.allSatisfy { $0 == 60 })
    }
}
