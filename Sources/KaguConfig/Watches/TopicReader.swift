// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads a topic (M4, M38, M39).
enum TopicReader {
    static let keys = ["id", "name", "threshold", "terms", "against", "bonus"]
    static let termKeys = ["text", "weight", "case", "only_lang"]

    static func topic(_ cursor: YAMLCursor) -> Topic? {
        guard let fields = cursor.fields(keys) else { return nil }
        let id = fields.required("id")?.definedID()
        let topic = Topic(
            id: id ?? "", name: fields["name"]?.nonEmptyText() ?? id ?? "",
            threshold: fields["threshold"]?.integer(in: 1...10_000) ?? 100,
            terms: (fields.required("terms")?.byLanguage() ?? []).compactMap(term),
            against: (fields["against"]?.byLanguage() ?? []).compactMap(term),
            bonuses: (fields["bonus"]?.items() ?? []).compactMap(bonus), location: cursor.location)
        return id == nil ? nil : topic
    }

    private static func term(_ language: AliasLanguage, _ item: YAMLCursor) -> TopicTerm? {
        if item.isText {
            return item.nonEmptyText().map { TopicTerm($0, language: language, location: item.location) }
        }
        guard let fields = item.fields(termKeys), let text = fields.required("text")?.nonEmptyText()
        else { return nil }
        return TopicTerm(
            text, language: language, weight: fields["weight"]?.integer(in: 0...1000) ?? 60,
            letterCase: fields["case"]?.choice() ?? .fold,
            onlyInItsLanguage: fields["only_lang"]?.boolean() ?? false, location: item.location)
    }

    private static func bonus(_ item: YAMLCursor) -> TopicBonus? {
        guard let fields = item.fields(["when", "add"]) else { return nil }
        let when = fields.expression("when")
        if when == nil, !fields.members.contains(where: { $0.key == "when" }) { item.fail(.missingKey("when")) }
        let add = fields.required("add")?.integer(in: -1000...1000)
        guard let when, let add else { return nil }
        return TopicBonus(when: when, add: add)
    }
}
