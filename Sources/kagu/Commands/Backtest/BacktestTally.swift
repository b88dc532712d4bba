// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// One spelling of an entity, by names that old and new files share; aliases of several languages may have it.
struct BacktestAlias: Hashable, Comparable {
    var entity: String
    var text: String

    init(_ place: AliasPlace, _ list: Watchlist) {
        let owner = list.entities[place.entity]
        let alias = owner.aliases[place.alias]
        (entity, text) = (owner.id, alias.text)
    }

    static func < (left: BacktestAlias, right: BacktestAlias) -> Bool {
        (left.entity, left.text) < (right.entity, right.text)
    }
}

/// What is responsible for an item gained or lost.
enum BacktestCause: Hashable {
    /// A topic that scores differently.
    struct TopicChange: Hashable {
        var id: String
        var old: Int
        var new: Int
    }

    /// An alias whose mention counts under the one definition only.
    case alias(BacktestAlias)
    /// A topic, where no alias is.
    case topic(TopicChange)
    /// Neither: the watch's own keys have changed.
    case definition
}

/// What a replay has counted so far; memory is bounded by the watch files and the limit of listed items.
struct BacktestTally {
    /// An item that fires under the one definition only.
    struct Change: Hashable {
        var number: Int
        var id: String
        var title: String
        var url: String
        var causes: [BacktestCause]
    }

    /// Items gained or lost.
    struct Changes: Hashable {
        var count = 0
        /// The first ones.
        var items: [Change] = []
        /// How many of them each alias is responsible for.
        var aliases: [BacktestAlias: Int] = [:]

        mutating func add(_ change: Change, limit: Int) {
            count += 1
            if items.count < limit { items.append(change) }
            for case .alias(let alias) in change.causes { aliases[alias, default: 0] += 1 }
        }

        mutating func merge(_ other: Changes, limit: Int) {
            count += other.count
            items += other.items.prefix(max(0, limit - items.count))
            aliases.merge(other.aliases, uniquingKeysWith: +)
        }
    }

    /// One watch's counts.
    struct Watch: Hashable {
        /// Hits under the old and the new definition.
        var old = 0
        var new = 0
        var gained = Changes()
        var lost = Changes()
        /// Hits under the new definition that fire only because of the alias.
        var alone: [AliasPlace: Int] = [:]
    }

    /// Lines named in messages at most.
    static let maximumMistakes = 5

    /// Items replayed.
    var items = 0
    /// Items older than `--since`.
    var passedOver = 0
    /// By id.
    var watches: [String: Watch] = [:]
    /// Aliases of the new files with an accepted mention.
    var fired: Set<AliasPlace> = []
    /// Lines that were no items.
    var mistakeCount = 0
    /// The first of them.
    var mistakes: [String] = []

    /// Notes a line that is no item.
    mutating func add(_ mistake: MatchInput.Mistake) {
        mistakeCount += 1
        if mistakes.count < Self.maximumMistakes { mistakes.append(mistake.description) }
    }

    /// Adds what was counted of the items that follow.
    mutating func merge(_ other: BacktestTally, limit: Int) {
        items += other.items
        passedOver += other.passedOver
        mistakeCount += other.mistakeCount
        mistakes += other.mistakes.prefix(max(0, Self.maximumMistakes - mistakes.count))
        fired.formUnion(other.fired)
        for (id, watch) in other.watches {
            watches[id, default: Watch()].old += watch.old
            watches[id, default: Watch()].new += watch.new
            watches[id, default: Watch()].gained.merge(watch.gained, limit: limit)
            watches[id, default: Watch()].lost.merge(watch.lost, limit: limit)
            watches[id, default: Watch()].alone.merge(watch.alone, uniquingKeysWith: +)
        }
    }
}
