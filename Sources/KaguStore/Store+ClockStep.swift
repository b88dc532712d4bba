// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension Store {
    /// The wall clock was set forward by `step` (back, where negative) while the daemon ran: starts, due times and
    /// holds keep their distance from now, so that a restart finds them as the monotonic clock sees them (P20, P21).
    /// The feeds in flight are left out: what their polls store is by the new clock. One transaction.
    public func followClock(by step: Duration, inFlight: [String]) throws(StoreError) {
        commitQueued()
        let flying = inFlight.compactMap { feedNumbers[$0] }.map { "\($0)" }.joined(separator: ",")
        try transaction { database in
            for change in [
                """
                UPDATE turn SET last_start = last_start + ?1, next_due = next_due + ?1 WHERE feed NOT IN (\(flying))
                """,
                "UPDATE feed SET held_until = held_until + ?1 WHERE held_until NOTNULL AND n NOT IN (\(flying))",
                "UPDATE hold SET until = until + ?1",
            ] {
                let update = try PreparedStatement(database, change)
                update.bind(step.milliseconds, at: 1)
                try update.run()
            }
        }
    }
}
