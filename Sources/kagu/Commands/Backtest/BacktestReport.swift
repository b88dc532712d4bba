// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// What a replay found, for people and as one JSON object (M54).
///
/// The object: `items`, `passed_over`, `mistakes`, `watches` [{`id`, `old` and `new` (hits), `gained` and `lost`
/// {`count`, `aliases` [{`entity`,`alias`,`count`}], `items` [{`id`,`line`,`title`,`url`,`because`}]},
/// `alone` [{`entity`,`alias`,`count`}]}], `aliases` (how many spellings there are), `never_fired`
/// [{`entity`,`alias`}]. An element of `because` is {`entity`,`alias`}, {`topic`,`old`,`new`} or
/// {`definition`: true}.
struct BacktestReport {
    /// Aliases named in a line of text at most.
    static let maximumAliases = 8
    /// Aliases that never fired, named in the text at most.
    static let maximumNeverFired = 40

    private let tally: BacktestTally
    private let comparison: BacktestComparison
    /// Every watch of either side, in file order, new ones last.
    private let ids: [String]
    /// In file order.
    private let neverFired: [BacktestAlias]
    private let aliasCount: Int

    init(_ tally: BacktestTally, _ comparison: BacktestComparison) {
        self.tally = tally
        self.comparison = comparison
        let (old, new) = (comparison.old.watchlist, comparison.new.watchlist)
        let oldIDs = old.watches.map(\.id)
        ids = oldIDs + new.watches.map(\.id).filter { !oldIDs.contains($0) }
        let fired = Set(tally.fired.map { BacktestAlias($0, new) })
        var never: [BacktestAlias] = []
        var told: Set<BacktestAlias> = []
        for (entity, owner) in new.entities.enumerated() {
            for index in owner.aliases.indices {
                let alias = BacktestAlias(AliasPlace(entity: entity, alias: index), new)
                if told.insert(alias).inserted, !fired.contains(alias) { never.append(alias) }
            }
        }
        (neverFired, aliasCount) = (never, told.count)
    }

    // MARK: Text

    /// For people.
    func text(_ paint: Paint) -> String {
        let older = tally.passedOver > 0 ? ", \(tally.passedOver) older ones passed over" : ""
        var lines = ["\(Plural.text(tally.items, "item")) replayed\(older)", ""]
        for id in ids { lines += watch(id, paint) }
        lines += never(paint)
        return lines.map { $0 + "\n" }.joined()
    }

    private func watch(_ id: String, _ paint: Paint) -> [String] {
        let watch = tally.watches[id] ?? BacktestTally.Watch()
        let isNew = !comparison.old.watchlist.watches.contains { $0.id == id }
        let isGone = !comparison.new.watchlist.watches.contains { $0.id == id }
        let kind = isNew ? " (new)" : isGone ? " (removed)" : ""
        var head = "\(paint(id, .bold))\(kind): "
        if watch.gained.count + watch.lost.count == 0 {
            head += "\(Plural.text(watch.new, "hit")), unchanged"
        } else {
            let change = [
                watch.gained.count > 0 ? paint("gained \(watch.gained.count)", .green) : nil,
                watch.lost.count > 0 ? paint("lost \(watch.lost.count)", .red) : nil,
            ].compactMap { $0 }.joined(separator: ", ")
            head += "\(watch.old) → \(Plural.text(watch.new, "hit")), \(change)"
        }
        var lines = [head]
        lines += changes(watch.gained, "+", .green, "gained by", paint)
        lines += changes(watch.lost, "-", .red, "lost with", paint)
        if !watch.alone.isEmpty { lines.append("  only because of \(Self.list(alone(watch)))") }
        return lines
    }

    private func changes(
        _ changes: BacktestTally.Changes, _ sign: String, _ style: Paint.Style, _ label: String, _ paint: Paint
    ) -> [String] {
        var lines: [String] = []
        if !changes.aliases.isEmpty { lines.append("  \(label) \(Self.list(Self.sorted(changes.aliases)))") }
        lines += changes.items.map { item in
            let name = item.title.isEmpty ? item.id.isEmpty ? "line \(item.number)" : item.id : item.title
            let parts = [
                VisibleText.escaped(name), item.id.isEmpty || name == item.id ? "" : VisibleText.escaped(item.id),
                paint(VisibleText.escaped(item.url), .dim),
            ]
            let causes = item.causes.map(Self.words).joined(separator: ", ")
            return "  \(paint(sign, style)) \(parts.filter { !$0.isEmpty }.joined(separator: "  ")): \(causes)"
        }
        let rest = changes.count - changes.items.count
        if rest > 0 { lines.append("  \(paint(sign, style)) and \(rest) more") }
        return lines
    }

    private func never(_ paint: Paint) -> [String] {
        guard !neverFired.isEmpty else { return ["", "every spelling fired"] }
        var lines = ["", "\(paint("never fired", .bold)): \(neverFired.count) of \(aliasCount) spellings"]
        var entities: [(id: String, names: [String])] = []
        for alias in neverFired.prefix(Self.maximumNeverFired) {
            if entities.last?.id != alias.entity { entities.append((alias.entity, [])) }
            entities[entities.count - 1].names.append(VisibleText.escaped(alias.text))
        }
        lines += entities.map { "  \($0.id): \($0.names.joined(separator: ", "))" }
        let rest = neverFired.count - Self.maximumNeverFired
        if rest > 0 { lines.append("  and \(rest) more; -o json lists all") }
        return lines
    }

    private static func words(_ cause: BacktestCause) -> String {
        switch cause {
        case .alias(let alias): "\"\(VisibleText.escaped(alias.text))\" of \(alias.entity)"
        case .topic(let topic): "\(topic.id) \(topic.old) → \(topic.new)"
        case .definition: "the watch itself"
        }
    }

    private static func list(_ aliases: [(alias: BacktestAlias, count: Int)]) -> String {
        let shown = aliases.prefix(maximumAliases).map { "\"\(VisibleText.escaped($0.alias.text))\" \($0.count)" }
        let rest = aliases.count - maximumAliases
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(Plural.text(rest, "other"))" : "")
    }

    private func alone(_ watch: BacktestTally.Watch) -> [(alias: BacktestAlias, count: Int)] {
        Self.sorted(
            Dictionary(watch.alone.map { (BacktestAlias($0.key, comparison.new.watchlist), $0.value) }) { $0 + $1 })
    }

    /// The most frequent first.
    private static func sorted(_ aliases: [BacktestAlias: Int]) -> [(alias: BacktestAlias, count: Int)] {
        aliases.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (alias: $0.key, count: $0.value) }
    }

    // MARK: JSON

    /// One object.
    var json: String {
        var json = JSONWriter(reserving: 16_384)
        json.object { json in
            json.member("items", tally.items)
            json.member("passed_over", tally.passedOver)
            json.member("mistakes", tally.mistakeCount)
            json.member("watches", array: { json in ids.forEach { write($0, &json) } })
            json.member("aliases", aliasCount)
            json.member(
                "never_fired",
                array: { json in
                    for alias in neverFired { json.object { Self.write(alias, &$0) } }
                })
        }
        return json.text
    }

    private func write(_ id: String, _ json: inout JSONWriter) {
        let watch = tally.watches[id] ?? BacktestTally.Watch()
        json.object { json in
            json.member("id", id)
            json.member("old", watch.old)
            json.member("new", watch.new)
            json.member("gained", object: { Self.write(watch.gained, &$0) })
            json.member("lost", object: { Self.write(watch.lost, &$0) })
            json.member("alone", array: { Self.write(alone(watch), &$0) })
        }
    }

    private static func write(_ changes: BacktestTally.Changes, _ json: inout JSONWriter) {
        json.member("count", changes.count)
        json.member("aliases", array: { write(sorted(changes.aliases), &$0) })
        json.member(
            "items",
            array: { json in
                for item in changes.items {
                    json.object { json in
                        json.member("id", ifPresent: item.id)
                        json.member("line", item.number)
                        json.member("title", ifPresent: item.title)
                        json.member("url", ifPresent: item.url)
                        json.member("because", array: { json in item.causes.forEach { write($0, &json) } })
                    }
                }
            })
    }

    private static func write(_ aliases: [(alias: BacktestAlias, count: Int)], _ json: inout JSONWriter) {
        for entry in aliases {
            json.object { json in
                write(entry.alias, &json)
                json.member("count", entry.count)
            }
        }
    }

    private static func write(_ cause: BacktestCause, _ json: inout JSONWriter) {
        json.object { json in
            switch cause {
            case .alias(let alias): write(alias, &json)
            case .topic(let topic):
                json.member("topic", topic.id)
                json.member("old", topic.old)
                json.member("new", topic.new)
            case .definition: json.member("definition", true)
            }
        }
    }

    private static func write(_ alias: BacktestAlias, _ json: inout JSONWriter) {
        json.member("entity", alias.entity)
        json.member("alias", alias.text)
    }
}
