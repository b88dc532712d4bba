// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// How far apart the polls of a feed lie while it answers: a pure policy over what the last poll brought (P14–P16).
struct PollInterval: Hashable, Sendable {
    /// What a finished poll says about the pace.
    enum Outcome: Hashable, Sendable {
        /// The feed's first accepted poll: says nothing about its pace.
        case baseline
        /// Accepted: how many of its items were new, of how many; 0 of 0 for a 304.
        case accepted(new: Int, total: Int)
    }

    /// The start value of the adaptation.
    static let initial: Duration = .seconds(60 * 60)
    /// The most that jitter adds.
    static let maximumJitter: Duration = .seconds(10 * 60)

    /// The lower bound while validators are held.
    let floorWithValidators: Duration
    /// The lower bound while none are held.
    let floorWithoutValidators: Duration
    /// The upper bound of the adaptation.
    let ceiling: Duration
    /// A feed's own interval; replaces floor, ceiling and adaptation.
    let fixed: Duration?

    /// The policy for one feed. Global values below a minute count as a minute, unless the feed's listed address
    /// is one that the configuration allows to be private (P14).
    init(feed: Feed, settings: PollSettings, isAllowedPrivate: Bool) {
        floorWithValidators = settings.floor(holdsValidators: true, isAllowListed: isAllowedPrivate)
        floorWithoutValidators = settings.floor(holdsValidators: false, isAllowListed: isAllowedPrivate)
        ceiling = settings.ceiling(holdsValidators: true, isAllowListed: isAllowedPrivate)
        let least: Duration = isAllowedPrivate ? .seconds(1) : PollSettings.shortestPublicInterval
        fixed = feed.interval.map { max($0, least) }
    }

    /// The least time between two polls.
    func floor(holdsValidators: Bool) -> Duration {
        fixed ?? (holdsValidators ? floorWithValidators : floorWithoutValidators)
    }

    /// The interval that adaptation had come to, within the bounds that hold now: the base of a back-off (P18).
    func base(_ current: Duration?, holdsValidators: Bool) -> Duration {
        bounded(current ?? Self.initial, holdsValidators)
    }

    /// The interval that adaptation comes to after an accepted poll, without hints and jitter.
    func adapted(from current: Duration?, outcome: Outcome, holdsValidators: Bool) -> Duration {
        let base = current ?? Self.initial
        let next =
            switch outcome {
            case .baseline: base
            case .accepted(let new, _) where new == 0: base * 1.15
            case .accepted(let new, let total) where new >= total: floor(holdsValidators: holdsValidators)
            case .accepted(let new, let total) where (total - new) * 2 >= total: base * 0.7
            case .accepted: base * 0.5
            }
        return bounded(next, holdsValidators)
    }

    /// What chance adds to a wait: uniform 0–10 % of it, at most 10 min (P15).
    static func jitter(of wait: Duration, random: Double) -> Duration {
        min(wait * (0.1 * random), maximumJitter)
    }

    private func bounded(_ interval: Duration, _ holdsValidators: Bool) -> Duration {
        if let fixed { return fixed }
        let floor = floor(holdsValidators: holdsValidators)
        return min(max(interval, floor), max(ceiling, floor))
    }
}

extension Duration {
    fileprivate static func * (duration: Duration, factor: Double) -> Duration {
        .milliseconds(Int64((Double(duration.milliseconds) * factor).rounded()))
    }
}
