// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel

/// How long to wait between two polls of a feed: a pure policy over what the last poll brought (P14–P16, P18).
struct PollInterval: Hashable, Sendable {
    /// What a finished poll says about the pace.
    enum Outcome: Hashable, Sendable {
        /// The feed's first accepted poll: says nothing about its pace.
        case baseline
        /// Accepted: how many of its items were new, of how many; 0 of 0 for a 304.
        case accepted(new: Int, total: Int)
        /// The `consecutive`-th failure in a row.
        case failed(consecutive: Int)
    }

    /// The start value of the adaptation.
    static let initial: Duration = .seconds(60 * 60)
    /// The cap of a back-off; a longer base stays as it is.
    static let maximumBackoff: Duration = .seconds(24 * 60 * 60)
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

    /// The interval that adaptation has come to, without back-off and jitter.
    func adapted(from current: Duration?, outcome: Outcome, holdsValidators: Bool) -> Duration {
        if let fixed { return fixed }
        let floor = holdsValidators ? floorWithValidators : floorWithoutValidators
        let base = current ?? Self.initial
        let next =
            switch outcome {
            case .baseline, .failed: base
            case .accepted(let new, _) where new == 0: base * 1.15
            case .accepted(let new, let total) where new >= total: floor
            case .accepted(let new, let total) where (total - new) * 2 >= total: base * 0.7
            case .accepted: base * 0.5
            }
        return min(max(next, floor), max(ceiling, floor))
    }

    /// The wait until the next poll: the adapted interval, doubled with each failure, plus 0–10 % (P15, P18).
    func wait(after adapted: Duration, outcome: Outcome, random: Double) -> Duration {
        var wait = adapted
        if case .failed(let consecutive) = outcome {
            let factor = 1 << min(max(consecutive, 0), 20)
            wait = max(min(adapted * factor, Self.maximumBackoff), adapted)
        }
        return wait + min(wait * (0.1 * random), Self.maximumJitter)
    }
}

extension Duration {
    fileprivate static func * (duration: Duration, factor: Double) -> Duration {
        .milliseconds(Int64((Double(duration.milliseconds) * factor).rounded()))
    }
}
