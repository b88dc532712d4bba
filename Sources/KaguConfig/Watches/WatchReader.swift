// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads a watch (M5).
enum WatchReader {
    static let keys = [
        "id", "title", "when", "unless", "severity", "threshold", "fields", "lang", "class", "country", "feeds",
        "enabled", "note",
    ]

    static func watch(_ cursor: YAMLCursor) -> Watch? {
        guard let fields = cursor.fields(keys) else { return nil }
        let id = fields.required("id")?.definedID()
        let when = fields.expression("when")
        if when == nil, !fields.members.contains(where: { $0.key == "when" }) { cursor.fail(.missingKey("when")) }
        let placeholder = ExpressionSource("", at: cursor.location)
        let watch = Watch(
            id: id ?? "", title: fields["title"]?.nonEmptyText() ?? id ?? "", when: when ?? placeholder,
            unless: fields.expression("unless"), severity: fields["severity"]?.choice() ?? .medium,
            threshold: fields["threshold"]?.integer(in: 0...100_000) ?? 0,
            fields: fields["fields"].map(choices) ?? [], languages: fields["lang"].map(languages) ?? [],
            classes: fields["class"].map(choices) ?? [],
            countries: fields["country"].map { list($0).compactMap { $0.country() } } ?? [],
            feeds: fields["feeds"].map { list($0).compactMap { $0.nonEmptyText() } } ?? [],
            isEnabled: fields["enabled"]?.boolean() ?? true, note: fields["note"]?.text() ?? "",
            location: cursor.location)
        return id != nil && when != nil ? watch : nil
    }

    /// A list, or a single value in its place: `lang: fr`.
    private static func list(_ cursor: YAMLCursor) -> [YAMLCursor] {
        cursor.isText ? [cursor] : cursor.items() ?? []
    }

    private static func choices<Value: RawRepresentable & CaseIterable>(_ cursor: YAMLCursor) -> [Value]
    where Value.RawValue == String {
        list(cursor).compactMap { $0.choice() }
    }

    private static func languages(_ cursor: YAMLCursor) -> [String] {
        list(cursor).compactMap { item in
            guard let text = item.nonEmptyText() else { return nil }
            guard CodeLists.isLanguage(text) else {
                item.fail(.unknownLanguage(text))
                return nil
            }
            return text
        }
    }
}
