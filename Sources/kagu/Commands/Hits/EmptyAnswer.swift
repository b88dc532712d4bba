// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguStore

/// Why nothing was found, said to a person at a terminal; scripts have the exit status (O20, O21).
enum EmptyAnswer {
    /// Says it, where standard error is a terminal.
    static func tell(_ query: HitQuery, _ directory: String, command: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let hasHits = !HitFileName.list(in: StateDirectory(directory).hits).isEmpty
        guard let sentence = sentence(query, hasHits: hasHits, now: WallClock.now()) else { return }
        StandardError.write("kagu: \(command): \(sentence)\n")
    }

    /// The sentence; nil where nothing was asked for. `hasHits` tells whether there is any hit file.
    static func sentence(_ query: HitQuery, hasHits: Bool, now: Instant) -> String? {
        if query.limit == 0 { return nil }
        if let since = query.since, let until = query.until, until <= since {
            return "--until is not after --since"
        }
        if let since = query.since, since > now { return "--since lies in the future" }
        guard hasHits else { return "no hit is stored yet" }
        return query.includesBaseline
            ? "no hit found" : "no hit found; --baseline adds what was there at a feed's first poll"
    }
}
