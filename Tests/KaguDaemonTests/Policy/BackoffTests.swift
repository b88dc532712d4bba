// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KaguDaemon

@Suite("Back-off")
struct BackoffTests {
    @Test(
        "after the n-th failure in a row the interval is base × 2ⁿ, up to 24 h or the base if longer (P18)",
        arguments: [
            (60, 1, 120), (60, 2, 240), (60, 3, 480), (60, 5, 1440), (60, 400, 1440), (15, 6, 960), (15, 7, 1440),
            (48 * 60, 1, 48 * 60), (48 * 60, 9, 48 * 60), (60, 0, 60),
        ])
    func doubles(base: Int, failures: Int, minutes: Int) {
        #expect(Backoff.wait(base: .minutes(base), failures: failures) == .minutes(minutes))
    }
}
