// SPDX-License-Identifier: Apache-2.0

/// Decides when the demo has shown everything: a value, told what is known, asked whether that is all.
struct DemoProgress: Hashable, Sendable {
    /// A round never takes longer.
    static let limit = Duration.seconds(30)
    /// Nothing new for that long, and nothing owed: that was all.
    static let calm = Duration.seconds(2)

    /// The feeds that the new round changes.
    let awaited: Set<String>
    /// The documents that the daemon has asked for since the round began.
    var served: Set<String> = []
    /// Messages received.
    var received = 0
    /// Messages that verified.
    var verified = 0
    /// Deliveries and alerts that the daemon still owes.
    var owed = 0
    /// Since the round began, when the last hit or message came; nil before the first.
    var lastNews: Duration?

    /// A round that changes these documents.
    init(awaited: Set<String>) { self.awaited = awaited }

    /// Whether the round is over `elapsed` after it began.
    func isOver(after elapsed: Duration) -> Bool {
        if elapsed >= Self.limit { return true }
        guard received > 0, owed == 0, awaited.isSubset(of: served), let lastNews else { return false }
        return elapsed - lastNews >= Self.calm
    }
}
