// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A node together with its key path and file: what a reader asks for a value, and where it complains.
struct YAMLCursor {
    /// The node.
    let node: YAMLNode
    private let place: Place
    /// The file, which gathers the problems.
    let file: SourceFile

    /// A cursor at the root, or at a place that something else has named.
    init(node: YAMLNode, path: String, file: SourceFile) { self.init(node, Place(parent: path, step: .none), file) }

    fileprivate init(_ node: YAMLNode, _ place: Place, _ file: SourceFile) {
        self.node = node
        self.place = place
        self.file = file
    }

    /// The key path, `alerts.receivers[1].timeout`; empty at the root.
    var path: String { place.path }

    /// A key path that is put together when someone asks: only what is wrong needs it.
    fileprivate struct Place {
        enum Step {
            case none
            case item(Int)
            case key(String)
        }

        let parent: String
        let step: Step

        var path: String {
            switch step {
            case .none: parent
            case .item(let index): "\(parent)[\(index)]"
            case .key(let key): parent.isEmpty ? key : "\(parent).\(key)"
            }
        }
    }

    /// Where the node begins.
    var location: SourceLocation { file.location(node.line, node.column) }

    /// Reports what makes this value unusable.
    func fail(_ fault: ConfigFault) {
        file.report(fault, path: path, line: node.line, column: node.column)
    }

    /// Reports what is odd but usable.
    func warn(_ fault: ConfigFault) {
        file.report(fault, path: path, line: node.line, column: node.column, severity: .warning)
    }

    /// The scalar's text, which may be empty when it is quoted; reports anything else.
    func text() -> String? {
        guard case .text(let text, _) = node.content else {
            fail(.wrongShape(found: node.kindName, expected: "text"))
            return nil
        }
        return text
    }

    /// The scalar's text, trimmed; reports an empty one.
    func nonEmptyText() -> String? {
        guard let text = text() else { return nil }
        let trimmed = text.trimmed
        guard !trimmed.isEmpty else {
            fail(.emptyText)
            return nil
        }
        return trimmed
    }

    /// The items of a list, each with its path; reports anything else.
    func items() -> [YAMLCursor]? {
        guard case .list(let nodes) = node.content else {
            fail(.wrongShape(found: node.kindName, expected: "a list"))
            return nil
        }
        let parent = path
        return nodes.enumerated().map { YAMLCursor($1, Place(parent: parent, step: .item($0)), file) }
    }

    /// The texts of a list; reports what is not text, and empty items.
    func texts() -> [String] {
        (items() ?? []).compactMap { $0.nonEmptyText() }
    }

    /// The members of a mapping whose keys are free; reports anything else.
    func members() -> [(key: String, value: YAMLCursor)]? {
        guard case .map(let members) = node.content else {
            fail(.wrongShape(found: node.kindName, expected: "a mapping"))
            return nil
        }
        let parent = path
        return members.map { member in
            (member.key, YAMLCursor(member.value, Place(parent: parent, step: .key(member.key)), file))
        }
    }

    /// The members of a mapping whose keys are known; reports anything else and every unknown key.
    func fields(_ known: [String]) -> YAMLFields? {
        guard case .map(let members) = node.content else {
            fail(.wrongShape(found: node.kindName, expected: "a mapping"))
            return nil
        }
        for member in members where !known.contains(member.key) {
            file.report(
                .unknownKey(member.key, known: known), path: path, line: member.line, column: member.column)
        }
        return YAMLFields(cursor: self, members: members)
    }

    /// One value of an enumeration; reports anything else with the nearest value.
    func choice<Value: RawRepresentable & CaseIterable>(_ type: Value.Type = Value.self) -> Value?
    where Value.RawValue == String {
        guard let text = nonEmptyText() else { return nil }
        guard let value = Value(rawValue: text) else {
            fail(.notAmong(text, allowed: type.allCases.map(\.rawValue)))
            return nil
        }
        return value
    }
}

/// The members of a mapping whose keys have been checked. A key without a value counts as absent.
struct YAMLFields {
    /// The mapping.
    let cursor: YAMLCursor
    let members: [YAMLNode.Member]
    private let path: String

    init(cursor: YAMLCursor, members: [YAMLNode.Member]) {
        self.cursor = cursor
        self.members = members
        path = cursor.path
    }

    /// The value of a key; nil when it is absent or empty.
    subscript(key: String) -> YAMLCursor? {
        guard let member = members.first(where: { $0.key == key }), !member.value.isEmpty else { return nil }
        return YAMLCursor(member.value, YAMLCursor.Place(parent: path, step: .key(key)), cursor.file)
    }

    /// The value of a key, which reports its absence.
    func required(_ key: String) -> YAMLCursor? {
        if let value = self[key] { return value }
        cursor.fail(.missingKey(key))
        return nil
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        guard let first = unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
