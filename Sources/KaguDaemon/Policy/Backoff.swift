// SPDX-License-Identifier: Apache-2.0

/// How long a feed rests after failures in a row (P18).
enum Backoff {
    /// The cap; an interval that is longer by itself stays as it is.
    static let longest: Duration = .seconds(24 * 60 * 60)

    /// The interval after the `failures`-th failure in a row: `base` × 2ⁿ up to 24 h, or `base` where that is longer.
    static func wait(base: Duration, failures: Int) -> Duration {
        max(min(base * (1 << min(max(failures, 0), 20)), longest), base)
    }
}
