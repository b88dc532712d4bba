// SPDX-License-Identifier: Apache-2.0

import KaguStore

/// Tells the trouble of one publisher from the loss of our own uplink (P19): a value.
///
/// The uplink is down when the last 10 attempts, over at least 5 authorities (or all, if there are fewer), failed in
/// DNS or connect with no response in between. What these attempts had counted is undone.
struct UplinkWatch: Sendable {
    /// So many failures in a row mean that the uplink is down.
    static let attemptCount = 10
    /// Over at least so many authorities, if there are as many.
    static let authorityCount = 5
    /// While it is down, one due feed is tried that often.
    static let probeInterval: Duration = .seconds(60)

    private struct Attempt: Sendable {
        let feedID: String
        let authority: Authority
        let before: FeedRecord
    }

    /// The last attempts, the oldest first; all of them failed.
    private var attempts: [Attempt] = []
    /// Whether the uplink is down.
    private(set) var isDown = false

    /// An attempt has failed in DNS or connect. `before` is the feed's record from before it, and `known` the number of
    /// authorities that feeds are polled from.
    mutating func failed(_ feedID: String, _ authority: Authority, before: FeedRecord, known: Int) -> UplinkVerdict
    {
        guard !isDown else { return .ignored }
        if attempts.count == Self.attemptCount { attempts.removeFirst() }
        attempts.append(Attempt(feedID: feedID, authority: authority, before: before))
        guard attempts.count == Self.attemptCount,
            Set(attempts.map(\.authority)).count >= min(Self.authorityCount, max(1, known))
        else { return .counts }
        isDown = true
        // The first record of a feed is the one from before all its failures among these.
        let undo = Dictionary(attempts.map { ($0.feedID, $0.before) }) { first, _ in first }
        attempts = []
        return .wentDown(undo: undo)
    }

    /// Someone has answered; true when the uplink is back with that.
    mutating func answered() -> Bool {
        attempts = []
        defer { isDown = false }
        return isDown
    }
}
