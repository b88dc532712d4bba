// SPDX-License-Identifier: Apache-2.0

extension XMLDocument {
    /// Reads a start tag at `position` and opens its element. Returns the open item if a new one closes it; the
    /// tag is then read again.
    mutating func readStartTag() -> Int? {
        let start = position
        guard let (tag, key, known) = bareTag() ?? scanTag().map({ ($0, nil, nil) }) else {
            problems.note(start, "a bare \"<\"")
            noteDecoding()
            position = start + 1
            return nil
        }
        if excess.count > 0 || stack.count >= limits.depth {
            noteDecoding()
            openExcess(start, tag)
            return nil
        }
        let (bindingCount, generation) = (bindings.count, bindingGeneration)
        let (base, language, declaresLanguage) = bindNamespaces(start)
        if stack.isEmpty { rootBindings = bindings.count }
        let (namespace, name) = known ?? meaning(of: tag.name)
        let isItem = root?.isItem(namespace, name) ?? false
        if isItem, itemDepth != nil, !isInsideXMLContent {
            problems.note(start, "a new item inside the one before it, which is closed")
            unbind(to: bindingCount, generation)
            position = start
            return popItem(at: start)
        }
        closeUnclosedField(before: namespace, name, start)
        let first = attributes.count
        for attribute in pending { keep(attribute, start) }
        let parent = stack.last?.node ?? -1
        if parent >= 0 { nodes[parent].hasChildren = true }
        nodes.append(
            XMLNode(
                namespace: namespace, name: name, parent: parent, start: start, inner: tag.end..<tag.end,
                attributes: first..<attributes.count, base: base, language: language,
                declaresLanguage: declaresLanguage))
        let node = nodes.count - 1
        if isItem, itemDepth == nil { (itemDepth, problemsBeforeItem) = (stack.count, problems.count) }
        stack.append(
            OpenElement(
                node: node, name: tag.name, key: key ?? NameKey(bytes, tag.name, keepsCase: true),
                bindings: bindingCount, generation: generation))
        position = tag.end
        guard tag.isEmpty else { return nil }
        let closesItem = itemDepth == stack.count - 1
        pop(at: tag.end, .closed)
        if stack.isEmpty { isComplete = true }
        return closesItem ? node : nil
    }

    /// The tag at `position` if it is a name that is known and nothing else: most tags are.
    @inline(__always)
    private mutating func bareTag() -> (Tag, NameKey?, (namespace: Namespace, name: LocalName)?)? {
        let start = position + 1
        guard start + ByteBlock.width <= bytes.count else { return nil }
        let ends = ByteBlock(bytes.span.bytes, start).equal(0x3E)
        guard !ByteBlock.isEmpty(ends) else { return nil }
        let name = start..<start + ByteBlock.first(ends)
        guard let key = NameKey(bytes, name, keepsCase: true), bytes[name.upperBound - 1] != 0,
            let known = tagNames.meaning(of: key, bindingGeneration)
        else { return nil }
        if !pending.isEmpty { pending.removeAll(keepingCapacity: true) }
        return (Tag(name: name, end: name.upperBound + 1, isEmpty: false), key, known)
    }

    private mutating func openExcess(_ start: Int, _ tag: Tag) {
        if excess.count == 0, !tag.isEmpty || skipped.last?.upperBound != start {
            if skipped.isEmpty { problems.note(start, "elements nested deeper than \(limits.depth) are skipped") }
            excess.start = start
        }
        if tag.isEmpty {
            if excess.count == 0 { skipped.append(start..<tag.end) }
        } else {
            excess.count += 1
        }
        position = tag.end
    }

    /// Whether an element of the open item holds XML of its own, in which an entry is no item.
    private var isInsideXMLContent: Bool {
        guard let itemDepth else { return false }
        return stack[itemDepth...].contains { open in
            let node = nodes[open.node]
            guard node.namespace.isAtom, node.name == .content,
                let type = rawAttribute(.type, of: open.node)
            else { return false }
            return bytes[type].suffix(3).elementsEqual("xml".utf8)
        }
    }

    // MARK: Namespaces and inheritance

    /// Takes the declarations among the pending attributes; returns the base and language in force.
    private mutating func bindNamespaces(_ start: Int) -> (base: Int, language: Int, declaresLanguage: Bool) {
        var (base, language) = (0, 0)
        if let around = stack.last?.node { (base, language) = (nodes[around].base, nodes[around].language) }
        var declaresLanguage = false
        if pending.isEmpty { return (base, language, false) }
        for attribute in pending where mayInherit(attribute.name) {
            let name = attribute.name
            if bytes.has("xmlns", at: name.lowerBound) {
                if name.count == 5 {
                    bind(name.lowerBound..<name.lowerBound, attribute.value)
                } else if name.count > 6, bytes[name.lowerBound + 5] == UInt8(ascii: ":") {
                    bind(name.lowerBound + 6..<name.upperBound, attribute.value)
                }
            } else if name.count == 8, bytes.hasIgnoringCase("xml:lang", at: name.lowerBound) {
                let declared = LanguageTag.normalised(attributeText(attribute.value, start).slice)
                if languages[language] != declared {
                    languages.append(declared)
                    language = languages.count - 1
                }
                declaresLanguage = true
            } else if name.count == 4 || bytes.hasIgnoringCase("xml:base", at: name.lowerBound), name.count <= 8 {
                let resolved = URLReference.resolve(
                    URLReference.cleaned(attributeText(attribute.value, start)), against: bases[base])
                if !resolved.isEmpty, resolved.utf8.count <= limits.urlBytes, resolved != bases[base] {
                    bases.append(resolved)
                    base = bases.count - 1
                }
            }
        }
        return (base, language, declaresLanguage)
    }

    /// Whether an attribute begins like `xmlns`, `xml:lang` and `xml:base`, or is CDF's `base`.
    private func mayInherit(_ name: Range<Int>) -> Bool {
        bytes[name.lowerBound] | 0x20 == UInt8(ascii: "x") && name.count != 4
            || root == .cdf && name.count == 4 && bytes.hasIgnoringCase("base", at: name.lowerBound)
    }

    /// Declarations in force beyond this number are not seen: a lookup goes through all of them.
    static let maximumBindings = 256

    private mutating func bind(_ prefix: Range<Int>, _ value: Range<Int>) {
        guard bindings.count < Self.maximumBindings else {
            return problems.note(prefix.lowerBound, "more than \(Self.maximumBindings) namespaces at once")
        }
        bindings.append((prefix, namespace(ofURI: value)))
        bindNewGeneration()
    }

    /// Other declarations are in force than ever before.
    mutating func bindNewGeneration() {
        lastGeneration += 1
        bindingGeneration = lastGeneration
    }

    /// Takes back declarations, to those of an earlier generation.
    mutating func unbind(to count: Int, _ generation: Int) {
        bindings.removeLast(bindings.count - count)
        bindingGeneration = generation
    }

    private mutating func namespace(ofURI uri: Range<Int>) -> Namespace {
        for known in knownURIs where bytes.equal(known.uri, uri) { return known.namespace }
        let namespace = Namespace(uri: bytes[uri])
        if knownURIs.count < 16 { knownURIs.append((uri, namespace)) }
        return namespace
    }

    mutating func namespace(of name: Range<Int>, _ local: Range<Int>) -> Namespace {
        let hasPrefix = local.lowerBound > name.lowerBound
        let prefix = name.lowerBound..<(hasPrefix ? local.lowerBound - 1 : name.lowerBound)
        var index = bindings.count - 1
        while index >= 0 {
            let binding = bindings[index]
            if binding.prefix.count == prefix.count, bytes.equal(binding.prefix, prefix) {
                if !hasPrefix, rootNamespaceIsRSS, index < rootBindings { return .rss }
                return binding.namespace
            }
            index -= 1
        }
        guard hasPrefix else { return .none }
        noteUndeclared(prefix)
        return Namespace(wellKnownPrefix: bytes[prefix]) ?? .other
    }

    /// Notes a prefix that is declared nowhere, once (F16).
    private mutating func noteUndeclared(_ prefix: Range<Int>) {
        guard undeclared.count < 16, !undeclared.contains(where: { bytes.equal($0, prefix) }),
            !bytes.hasIgnoringCase("xml:", at: prefix.lowerBound)
        else { return }
        undeclared.append(prefix)
        problems.note(prefix.lowerBound, "the prefix \"\(text(prefix))\" is not declared")
    }

    /// Keeps an attribute whose name means something.
    private mutating func keep(_ attribute: PendingAttribute, _ start: Int) {
        let local = bytes.localPart(attribute.name)
        let kind: XMLAttribute.Kind
        if local.lowerBound == attribute.name.lowerBound {
            kind = .plain
        } else {
            kind = bytes.hasIgnoringCase("xml:", at: attribute.name.lowerBound) ? .xml : .prefixed
        }
        let name = LocalNameTable.shared.name(bytes, local)
        guard name != .other, name != .xmlns else { return }
        attributes.append(XMLAttribute(name: name, kind: kind, value: attribute.value))
    }

    // MARK: Tags

    struct Tag {
        var name: Range<Int>
        /// Behind the `>`.
        var end: Int
        var isEmpty: Bool
    }

    /// Bytes that may be read in vain in search of the ends of tags, and how far a tag may reach once they are spent:
    /// else each `<` in a tag without an end could cost as much as all that follows it.
    static let (maximumWaste, shortReach) = (4 << 20, 256)

    /// Reads the tag at `position` and its attributes into `pending`; nil if the `<` begins no tag.
    mutating func scanTag() -> Tag? {
        let reach = wastedBytes > Self.maximumWaste ? min(bytes.count, position + Self.shortReach) : bytes.count
        var index = position + 1
        let tag = scanTag(&index, to: reach)
        if tag == nil { wastedBytes += index - position }
        return tag
    }

    private mutating func scanTag(_ index: inout Int, to reach: Int) -> Tag? {
        if !pending.isEmpty { pending.removeAll(keepingCapacity: true) }
        let nameStart = index
        guard index < bytes.count, bytes[index].beginsName else { return nil }
        while index < bytes.count, bytes[index].continuesName { index += 1 }
        let name = nameStart..<index
        while true {
            while index < bytes.count, bytes[index].isSpace { index += 1 }
            guard index < reach else { return nil }
            switch bytes[index] {
            case 0x3E: return Tag(name: name, end: index + 1, isEmpty: false)
            case 0x2F:
                if index + 1 < bytes.count, bytes[index + 1] == 0x3E {
                    return Tag(name: name, end: index + 2, isEmpty: true)
                }
                index += 1
            case 0x3C:
                // A known element whose ">" is missing, or text with a bare "<".
                guard LocalNameTable.shared.name(bytes, bytes.localPart(name)) != .other else { return nil }
                problems.note(position, "<\(text(name))> lacks its \">\"")
                return Tag(name: name, end: index, isEmpty: false)
            default:
                guard let next = scanAttribute(at: index) else {
                    index = bytes.count
                    return nil
                }
                index = next
            }
        }
    }

    /// Reads an attribute; returns where it ends.
    private mutating func scanAttribute(at start: Int) -> Int? {
        var index = start
        while index < bytes.count, bytes[index].continuesName { index += 1 }
        while index < bytes.count, !bytes[index].isSpace, !Self.endsAttributeName(bytes[index]) { index += 1 }
        let name = start..<index
        if name.isEmpty {
            problems.note(start, "a stray character in a tag")
            return start + 1
        }
        while index < bytes.count, bytes[index].isSpace { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
            problems.note(start, "an attribute without a value")
            return name.upperBound
        }
        index += 1
        while index < bytes.count, bytes[index].isSpace { index += 1 }
        guard index < bytes.count else { return nil }
        let quote = bytes[index]
        let value: Range<Int>
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            value = quotedValue(at: index + 1, quote)
            index = value.upperBound
            if index < bytes.count, bytes[index] == quote { index += 1 }
        } else {
            problems.note(start, "an attribute without quotes")
            let first = index
            while index < bytes.count, !bytes[index].isSpace, bytes[index] != 0x3E { index += 1 }
            if index < bytes.count, index > first, bytes[index] == 0x3E, bytes[index - 1] == 0x2F { index -= 1 }
            value = first..<index
        }
        if pending.contains(where: { bytes.equal($0.name, name) }) {
            if pending.count < 64 { problems.note(start, "an attribute given twice") }
        } else if pending.count < 64 {
            pending.append(PendingAttribute(name: name, value: value))
        }
        return index
    }

    private static func endsAttributeName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), 0x3E, 0x2F, 0x3C, UInt8(ascii: "\""), UInt8(ascii: "'"): true
        default: false
        }
    }

    /// The range of a quoted value. A quote that never closes, or closes in the midst of later markup, ends at the tag's
    /// first `>`.
    private mutating func quotedValue(at start: Int, _ quote: UInt8) -> Range<Int> {
        var plainEnd = bytes.first(ValueStops.self, from: start, to: bytes.count)
        while plainEnd < bytes.count, bytes[plainEnd] != quote, bytes[plainEnd] != 0x3C, bytes[plainEnd] != 0x26 {
            plainEnd = bytes.first(ValueStops.self, from: plainEnd + 1, to: bytes.count)
        }
        if plainEnd < bytes.count, bytes[plainEnd] == quote {
            if plainEnd > start, bytes[plainEnd - 1] == UInt8(ascii: "="),
                let end = unclosedValueEnd(start..<plainEnd)
            {
                problems.note(start, "an attribute whose quote is not closed")
                return start..<end
            }
            return start..<plainEnd
        }
        let mark: ForwardSearches.Mark = quote == UInt8(ascii: "\"") ? .doubleQuote : .singleQuote
        let close = searches.find(mark, in: bytes, from: start)
        if let close, bytes.find(0x3C, from: start, to: close) == nil {
            checkReferences(start..<close)
            return start..<close
        }
        if let close, close + 1 < bytes.count {
            let next = bytes[close + 1]
            if next.isSpace || next == 0x3E || next == 0x2F || next == UInt8(ascii: "?") {
                problems.note(start, "\"<\" in an attribute")
                return start..<close
            }
        }
        problems.note(start, "an attribute whose quote is not closed")
        var end = start
        while end < bytes.count, bytes[end] != 0x3E, bytes[end] != 0x3C { end += 1 }
        return start..<end
    }

    /// Where a value ends that goes on to the opening quote of the next attribute, as `a="x b="`: before ` b=`.
    private func unclosedValueEnd(_ value: Range<Int>) -> Int? {
        let next = value.upperBound + 1
        guard next < bytes.count, !bytes[next].isSpace, bytes[next] != 0x3E, bytes[next] != 0x2F else { return nil }
        var index = value.upperBound - 1
        while index > value.lowerBound, bytes[index - 1].continuesName { index -= 1 }
        guard index < value.upperBound - 1, index > value.lowerBound, bytes[index - 1].isSpace else { return nil }
        return index - 1
    }

    private mutating func checkReferences(_ range: Range<Int>) {
        var index = range.lowerBound
        while let found = bytes.find(0x26, from: index, to: range.upperBound) {
            checkReference(at: found)
            index = found + 1
        }
    }
}
