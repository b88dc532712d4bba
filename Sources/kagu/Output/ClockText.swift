// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Writes times of many records as a clock shows them, `2026-11-22 10:13:31`: the machine's zone is looked up once a
/// minute of the records, since no zone changes within one.
struct ClockText: Sendable {
    /// The clock.
    let clock: CivilClock
    private var minute: Int64?
    /// What the clock shows at the minute's begin, without the seconds.
    private var face: [UInt8] = []

    /// Times of `clock`.
    init(clock: CivilClock) { self.clock = clock }

    /// Appends the time at `instant`.
    mutating func append(_ instant: Instant, to line: inout [UInt8]) {
        let seconds = instant.seconds
        let second = ((seconds % 60) + 60) % 60
        if minute != seconds - second {
            let civil = clock.civil(at: Instant(seconds: seconds - second))
            // Local mean times of the nineteenth century have seconds of their own.
            guard civil.second % 60 == 0 else {
                line += clock.civil(at: instant).description.utf8
                return
            }
            minute = seconds - second
            face = Array(civil.description.utf8.dropLast(2))
        }
        line += face
        line.append(UInt8(ascii: "0") + UInt8(second / 10))
        line.append(UInt8(ascii: "0") + UInt8(second % 10))
    }
}
