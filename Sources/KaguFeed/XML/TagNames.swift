// SPDX-License-Identifier: Apache-2.0

/// What the last element names meant: the same few recur all through a document.
struct TagNames: Sendable {
    private struct Entry: Sendable {
        var key: NameKey
        var generation: Int
        var namespace: Namespace
        var name: LocalName
    }

    private static let bits = 6
    private var entries = [Entry?](repeating: nil, count: 1 << bits)

    /// The meaning of a name under the declarations of a generation; nil if it is not known.
    func meaning(of key: NameKey, _ generation: Int) -> (namespace: Namespace, name: LocalName)? {
        guard let entry = entries[key.hash(bits: Self.bits)], entry.key == key, entry.generation == generation
        else {
            return nil
        }
        return (entry.namespace, entry.name)
    }

    /// Remembers a meaning.
    mutating func remember(_ key: NameKey, _ generation: Int, _ namespace: Namespace, _ name: LocalName) {
        entries[key.hash(bits: Self.bits)] = Entry(
            key: key, generation: generation, namespace: namespace, name: name)
    }
}

extension XMLDocument {
    /// The namespace and the local name of an element's name.
    mutating func meaning(of name: Range<Int>) -> (namespace: Namespace, name: LocalName) {
        let key = NameKey(bytes, name, keepsCase: true)
        if let key, let known = tagNames.meaning(of: key, bindingGeneration) { return known }
        let local = bytes.localPart(name)
        let namespace = namespace(of: name, local)
        let found = LocalNameTable.shared.name(bytes, local)
        if let key { tagNames.remember(key, bindingGeneration, namespace, found) }
        return (namespace, found)
    }
}
