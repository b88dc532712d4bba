// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How often a fault is made: `KAGU_SOAK=1` multiplies the counts of CI (`make soak`).
public enum Soak {
    /// Whether this is a soak run: what the host cannot do fails then, instead of being skipped.
    public static let isOn = getenv("KAGU_SOAK").map { String(cString: $0) == "1" } ?? false

    /// The count for CI or for a soak run.
    public static func count(ci: Int, soak: Int) -> Int { isOn ? soak : ci }
}
