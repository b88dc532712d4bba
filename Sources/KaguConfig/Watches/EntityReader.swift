// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads an entity (M2) and its aliases (M3).
enum EntityReader {
    static let keys = [
        "id", "kind", "name", "aliases", "context", "hints", "anchors", "blocks", "except", "includes", "bearers",
        "weight", "disputed", "note",
    ]
    static let aliasKeys = [
        "text", "case", "anchored", "ambiguous", "surname", "form", "inflect", "weight", "from", "to", "verify",
        "note",
    ]

    private enum Inflection: String, CaseIterable {
        case auto, none
    }

    static func entity(_ cursor: YAMLCursor) -> Entity? {
        guard let fields = cursor.fields(keys) else { return nil }
        let id = fields.required("id")?.definedID()
        let kind = fields.required("kind")?.choice(EntityKind.self)
        let name = fields.required("name")?.nonEmptyText()
        let aliases = aliases(fields["aliases"], standIn: id ?? "")
        let entity = Entity(
            id: id ?? "", kind: kind ?? .organisation, name: name ?? "", aliases: aliases,
            context: fields["context"]?.references() ?? [], hints: fields["hints"]?.references() ?? [],
            anchorFeeds: fields["anchors"]?.fields(["feeds"])?["feeds"]?.texts() ?? [],
            blocks: fields["blocks"].map(blocks) ?? Blocks(),
            exceptions: (fields["except"]?.byLanguage() ?? []).compactMap(exception),
            includes: fields["includes"]?.references() ?? [], bearers: fields["bearers"]?.texts() ?? [],
            weight: fields["weight"]?.integer(in: 0...1000) ?? 60, disputed: fields["disputed"]?.text() ?? "",
            note: fields["note"]?.text() ?? "", location: cursor.location)
        // One with a mistake in it keeps its id, so that a check does not blame those who name it.
        return id == nil ? nil : entity
    }

    /// Where mistakes leave no alias, the id stands in: the entity has been complained of once already.
    private static func aliases(_ cursor: YAMLCursor?, standIn: String) -> [Alias] {
        guard let cursor else { return [] }
        let count = cursor.file.problemCount
        let aliases = cursor.byLanguage().compactMap(alias)
        guard aliases.isEmpty, cursor.file.problemCount > count else { return aliases }
        return [Alias(standIn, language: .any, location: cursor.location)]
    }

    private static func alias(_ language: AliasLanguage, _ item: YAMLCursor) -> Alias? {
        if item.isText { return item.nonEmptyText().map { Alias($0, language: language, location: item.location) } }
        guard let fields = item.fields(aliasKeys) else { return nil }
        let text = fields.required("text")?.nonEmptyText()
        var alias = Alias(text ?? "", language: language, location: item.location)
        alias.letterCase = fields["case"]?.choice() ?? .fold
        alias.isAnchored = fields["anchored"]?.boolean() ?? false
        alias.isAmbiguous = fields["ambiguous"]?.boolean() ?? false
        alias.surname = fields["surname"]?.texts()
        alias.form = fields["form"]?.choice() ?? .name
        alias.inflects = fields["inflect"]?.choice(Inflection.self) != Inflection.none
        alias.weight = fields["weight"]?.integer(in: 0...1000)
        alias.from = fields["from"]?.date()
        alias.to = fields["to"]?.date()
        alias.needsVerification = fields["verify"]?.boolean() ?? false
        alias.note = fields["note"]?.text() ?? ""
        return text == nil ? nil : alias
    }

    private static func exception(_ language: AliasLanguage, _ item: YAMLCursor) -> ExceptedName? {
        if item.isText {
            return item.nonEmptyText().map { ExceptedName($0, language: language, location: item.location) }
        }
        guard let fields = item.fields(["text", "case"]), let text = fields.required("text")?.nonEmptyText()
        else { return nil }
        return ExceptedName(
            text, language: language, letterCase: fields["case"]?.choice() ?? .fold, location: item.location)
    }

    private static func blocks(_ cursor: YAMLCursor) -> Blocks {
        guard let fields = cursor.fields(["left", "right", "near"]) else { return Blocks() }
        return Blocks(
            left: fields["left"]?.texts() ?? [], right: fields["right"]?.texts() ?? [],
            near: fields["near"]?.texts() ?? [])
    }
}
