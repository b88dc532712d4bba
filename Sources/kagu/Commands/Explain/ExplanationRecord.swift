// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// The explanation as one JSON object (M55).
///
/// Members in this order; absent values are left out: `id`, `url`, `title`, `seen`, `published`, `feed`
/// {`id`,`title`,`class`,`country`}, `lang`, `lang_source`, `text` (`hit`: title and summary of the hit's line,
/// `archive`, `input`), `stored` {`watches`,`score`,`severity`} of the hit, `watches` [{`id`, `title`, `severity`,
/// `enabled`, `fires`, `stored`, `score`, `threshold`, `failed_filter`, `definition`, `definition_changed` (null: not
/// known), `decided_by`, `when` and `unless` [{`depth`,`kind`,`text`,`holds`,`decides`}], `score_parts`
/// [{`name`,`points`}]}], `gone_watches`, `topics` [{`id`,`score`,`threshold`,`terms`}], `mentions` (accepted and
/// candidate), `rejected` (the first five), `entities` [{`id`,`name`,`disputed`,`note`}]; of a stored hit `not_told` (why
/// nobody is owed it) and `alerts` [{`receiver`, `route`, `group`, `state`, `reason`, `silence`, `created`, `alert`,
/// `decisions` [{`at`,`text`}], `type`, `alert_reason`, `attempts` [{`at`,`duration_ms`,`status`,`class`,`answer`}]}].
struct ExplanationRecord {
    /// Rejected mentions at most (M55).
    static let maximumRejected = 5

    let explanation: Explanation
    /// The alert side; nil for what is no stored hit.
    var telling: HitTelling?

    /// The object.
    var json: String {
        var json = JSONWriter(reserving: 8192)
        json.object { json in
            writeItem(&json)
            json.member("watches", array: { json in explanation.watches.forEach { Self.write($0, &json) } })
            if !explanation.goneWatches.isEmpty { json.member("gone_watches", explanation.goneWatches) }
            json.member(
                "topics", array: { json in explanation.result.topicExplanations.forEach { Self.write($0, &json) } })
            json.member("mentions", array: { json in explanation.mentions.forEach { $0.write(to: &json) } })
            json.member(
                "rejected",
                array: { json in
                    explanation.rejected.prefix(Self.maximumRejected).forEach { $0.write(to: &json) }
                })
            json.member("entities", array: { json in explanation.entities.forEach { Self.write($0, &json) } })
            telling?.write(&json)
        }
        return json.text
    }

    private func writeItem(_ json: inout JSONWriter) {
        let subject = explanation.subject
        let document = subject.document
        json.member("id", ifPresent: subject.hit?.id)
        json.member("url", ifPresent: document.url)
        json.member("title", ifPresent: document.title)
        json.member("seen", subject.seen)
        json.member("published", document.published)
        json.member(
            "feed",
            object: { json in
                json.member("id", ifPresent: subject.hit?.feed.id ?? document.feedID)
                json.member("title", ifPresent: subject.hit?.feed.title)
                json.member("class", ifPresent: document.sourceClass?.rawValue)
                json.member("country", ifPresent: document.country)
            })
        json.member("lang", explanation.language)
        json.member("lang_source", ifPresent: explanation.languageSource?.rawValue)
        json.member("text", subject.origin.rawValue)
        if let hit = subject.hit {
            json.member(
                "stored",
                object: { json in
                    json.member("watches", hit.watches)
                    json.member("score", hit.score)
                    json.member("severity", hit.severity.rawValue)
                })
        }
    }

    private static func write(_ entry: Explanation.WatchAccount, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", entry.watch.id)
            json.member("title", entry.watch.title)
            json.member("severity", entry.watch.severity.rawValue)
            json.member("enabled", entry.watch.isEnabled)
            json.member("fires", entry.account?.fires ?? false)
            if entry.change != nil { json.member("stored", entry.wasStored) }
            json.member("score", entry.account?.score ?? 0)
            json.member("threshold", entry.watch.threshold)
            json.member("failed_filter", ifPresent: entry.account?.failedFilter)
            json.member("definition", entry.definition)
            switch entry.change {
            case .changed?: json.member("definition_changed", true)
            case .same?: json.member("definition_changed", false)
            case .unknown?:
                json.key("definition_changed")
                json.null()
            case nil: break
            }
            guard let account = entry.account else { return }
            json.member("decided_by", account.deciders.map(\.text))
            json.member("when", array: { json in account.when.forEach { $0.write(to: &json) } })
            json.member("unless", array: { json in account.unless.forEach { $0.write(to: &json) } })
            json.member("score_parts", array: { json in account.parts.forEach { write($0, &json) } })
        }
    }

    private static func write(_ part: ScorePart, _ json: inout JSONWriter) {
        json.object { json in
            json.member("name", part.name)
            json.member("points", part.points)
        }
    }

    private static func write(_ topic: TopicExplanation, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", topic.id)
            json.member("score", topic.score)
            json.member("threshold", topic.threshold)
            json.member("terms", array: { json in topic.parts.forEach { write($0, &json) } })
        }
    }

    private static func write(_ entity: Entity, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", entity.id)
            json.member("name", entity.name)
            json.member("disputed", ifPresent: entity.disputed)
            json.member("note", ifPresent: entity.note)
        }
    }
}
