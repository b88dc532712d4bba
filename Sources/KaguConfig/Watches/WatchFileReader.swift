// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads a watch file (M1): four lists, each of which may be absent. Shapes, keys and fixed words are checked here;
/// ids, references and expressions, which may point into other files, when the watch list is compiled.
struct WatchFileReader {
    let file: SourceFile

    func read(_ text: String) -> Watchlist {
        guard let root = file.root(of: text) else { return Watchlist() }
        if case .list = root.node.content {
            root.fail(.noWatchFile)
            return Watchlist()
        }
        guard let fields = root.fields(["entities", "groups", "topics", "watches"]) else { return Watchlist() }
        return Watchlist(
            entities: (fields["entities"]?.items() ?? []).compactMap(EntityReader.entity),
            groups: (fields["groups"]?.items() ?? []).compactMap(group),
            topics: (fields["topics"]?.items() ?? []).compactMap(TopicReader.topic),
            watches: (fields["watches"]?.items() ?? []).compactMap(WatchReader.watch))
    }

    private func group(_ cursor: YAMLCursor) -> EntityGroup? {
        guard let fields = cursor.fields(["id", "members"]) else { return nil }
        let id = fields.required("id")?.definedID()
        let members = fields.required("members")?.references() ?? []
        return id.map { EntityGroup(id: $0, members: members, location: cursor.location) }
    }
}

extension YAMLCursor {
    /// The id of a definition (M2); one that no expression could name is reported, and stands all the same.
    func definedID() -> String? {
        guard let text = nonEmptyText() else { return nil }
        let isFit = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if !isFit { fail(.noID(text)) }
        return text
    }

    /// A list of ids, each with its place.
    func references() -> [Reference] {
        (items() ?? []).compactMap { item in item.nonEmptyText().map { Reference($0, at: item.location) } }
    }

    /// An expression: a quoted or block scalar, since a plain one would silently lose its end (M6).
    func expression() -> ExpressionSource? {
        guard let text = text() else { return nil }
        if case .text(_, isPlain: true) = node.content {
            fail(.plainExpression)
            return nil
        }
        guard !text.trimmed.isEmpty else {
            fail(.emptyText)
            return nil
        }
        return ExpressionSource(
            text, at: location, stretches: file.stretches(of: text, line: node.line, column: node.column))
    }

    /// Lists under language codes (`aliases`, `terms`, …): the items in document order, each with its language.
    func byLanguage() -> [(language: AliasLanguage, item: YAMLCursor)] {
        guard case .map(let members) = node.content else {
            fail(.wrongShape(found: node.kindName, expected: "a mapping of language codes to lists"))
            return []
        }
        var found: [(AliasLanguage, YAMLCursor)] = []
        for member in members {
            guard let language = AliasLanguage(rawValue: member.key) else {
                file.report(.unknownAliasLanguage(member.key), path: path, line: member.line, column: member.column)
                continue
            }
            guard !member.value.isEmpty else { continue }
            let list = YAMLCursor(node: member.value, path: "\(path).\(member.key)", file: file)
            found += (list.items() ?? []).map { (language, $0) }
        }
        return found
    }

    /// Whether a list item is a bare string, which has every other key at its default.
    var isText: Bool { if case .text = node.content { true } else { false } }
}

extension YAMLFields {
    /// The expression of a key. `when: #topic` is an empty value and a comment, so an empty one is refused too.
    func expression(_ key: String) -> ExpressionSource? {
        guard let member = members.first(where: { $0.key == key }) else { return nil }
        return YAMLCursor(node: member.value, path: "\(cursor.path).\(key)", file: cursor.file).expression()
    }
}
