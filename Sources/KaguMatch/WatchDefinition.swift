// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// What a watch rests on, and a hash of all of it (M53, M55).
struct WatchDefinition {
    /// Ids of entities, groups and topics, sorted.
    let references: [String]
    /// Lower-case hexadecimal SHA-256.
    let hash: String

    init(_ watch: CompiledWatch, _ watchlist: Watchlist, _ compiled: CompiledWatchlist) {
        var ids: Set<String> = []
        var open = [watch.when] + (watch.unless.map { [$0] } ?? [])
        while let expression = open.popLast() {
            for operand in expression.operands {
                switch operand.operand {
                case .entity(_, let id): ids.insert(id)
                case .group(let members, let id):
                    ids.insert(id)
                    ids.formUnion(members.map { compiled.entities[$0].id })
                case .topic(let number, _):
                    let topic = compiled.topics[number]
                    if ids.insert(topic.id).inserted { open += topic.bonuses.map(\.when) }
                case .phrase: break
                }
            }
        }
        references = ids.sorted()
        var text = Self.text(watch.watch)
        for entity in watchlist.entities where ids.contains(entity.id) { text += Self.text(entity) }
        for group in watchlist.groups where ids.contains(group.id) {
            text += "\(group.id)=\(group.members.map(\.id))\n"
        }
        for topic in watchlist.topics where ids.contains(topic.id) { text += Self.text(topic) }
        hash = Hex.encode(SHA256.hash(Array(text.utf8)))
    }

    private static func text(_ watch: Watch) -> String {
        """
        \(watch.id) \(watch.when.text) \(watch.unless?.text ?? "") \(watch.severity) \(watch.threshold) \
        \(watch.fields) \(watch.languages) \(watch.classes) \(watch.countries) \(watch.feeds) \(watch.isEnabled)\n
        """
    }

    private static func text(_ entity: Entity) -> String {
        var text = """
            \(entity.id) \(entity.context.map(\.id)) \(entity.hints.map(\.id)) \(entity.anchorFeeds) \
            \(entity.blocks.left) \(entity.blocks.right) \(entity.blocks.near) \(entity.includes.map(\.id)) \
            \(entity.bearers) \(entity.weight)\n
            """
        for alias in entity.aliases {
            text += """
                \(alias.text) \(alias.language) \(alias.letterCase) \(alias.isAnchored) \(alias.isAmbiguous) \
                \(alias.surname ?? []) \(alias.form) \(alias.inflects) \(alias.weight ?? -1) \
                \(alias.from?.description ?? "") \(alias.to?.description ?? "")\n
                """
        }
        for name in entity.exceptions { text += "except \(name.text) \(name.language) \(name.letterCase)\n" }
        return text
    }

    private static func text(_ topic: Topic) -> String {
        var text = "\(topic.id) \(topic.threshold)\n"
        for (sign, terms) in [("+", topic.terms), ("-", topic.against)] {
            for term in terms {
                text += """
                    \(sign) \(term.text) \(term.language) \(term.weight) \(term.letterCase) \
                    \(term.onlyInItsLanguage)\n
                    """
            }
        }
        for bonus in topic.bonuses { text += "\(bonus.when.text) \(bonus.add)\n" }
        return text
    }
}
