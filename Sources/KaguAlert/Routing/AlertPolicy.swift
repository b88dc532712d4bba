// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Decides to whom a stored hit is owed, or why to nobody (R8, then R3 and D5).
public struct AlertPolicy: Hashable, Sendable {
    /// Why no delivery is written for a hit (R8).
    public enum Silence: String, Hashable, Sendable, CaseIterable {
        /// Seen at the feed's first poll (I4).
        case baseline
        /// Published more than `alerts.max_age` before it was seen.
        case maximumAge = "max_age"
        /// Routed to receiver `none` only.
        case noReceiver = "none"
    }

    /// What becomes of a hit.
    public enum Verdict: Hashable, Sendable {
        /// One delivery is owed to each receiver; never empty.
        case owed([Destination])
        /// Stored, not told.
        case notTold(Silence)

        /// The destinations; empty where nobody is told.
        public var destinations: [Destination] {
            switch self {
            case .owed(let destinations): destinations
            case .notTold: []
            }
        }
    }

    /// The route tree.
    public var tree: RouteTree
    /// `alerts.max_age`.
    public var maximumAge: Duration

    /// A policy; hits published more than `maximumAge` before they are seen are not told.
    public init(tree: RouteTree, maximumAge: Duration = .seconds(86_400)) {
        self.tree = tree
        self.maximumAge = maximumAge
    }

    /// To whom `hit` is owed. `alertsRecent`: its feed was added with `--alert-recent`, so that baseline hits
    /// with a date within `maximumAge` are told too (I4). `isRevision`: it is told only as an update of what has been
    /// told, so that its age does not count (R7).
    public func verdict(for hit: Hit, alertsRecent: Bool = false, isRevision: Bool = false) -> Verdict {
        let isTooOld = !isRevision && (hit.published.map { hit.seen - $0 > maximumAge } ?? false)
        if hit.baseline, !alertsRecent || hit.published == nil || isTooOld { return .notTold(.baseline) }
        if isTooOld { return .notTold(.maximumAge) }
        let destinations = tree.destinations(for: hit)
        return destinations.isEmpty ? .notTold(.noReceiver) : .owed(destinations)
    }
}
