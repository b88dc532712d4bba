// SPDX-License-Identifier: Apache-2.0

/// A tolerant scanner over a UTF-8 document (F16): it walks from item to item and keeps the elements of the feed and
/// of the current item as flat nodes that point into the source. Work and memory are linear in the input.
struct XMLDocument: Sendable {
    let bytes: [UInt8]
    let limits: ParseLimits
    var position = 0
    var problems: ProblemLog

    /// Elements of the feed, then those of the current item.
    var nodes: [XMLNode] = []
    var attributes: [XMLAttribute] = []
    /// Base URLs in force; the first is the context's.
    var bases: [String]
    /// Languages in force; nil where none is declared.
    var languages: [String?] = [nil]

    /// What the root is; set by `findRoot`.
    var root: RootKind?
    /// True once the root's end tag was read.
    var isComplete = false
    /// Whether what stands behind the root was noted.
    var saidJunk = false
    /// Source ranges below the depth limit; text inside them is skipped.
    var skipped: [Range<Int>] = []

    var stack: [OpenElement] = []
    var bindings: [(prefix: Range<Int>, namespace: Namespace)] = []
    /// A number for the declarations in force: the same ones have the same.
    var bindingGeneration = 0
    var lastGeneration = 0
    var tagNames = TagNames()
    /// Prefixes without a declaration that were noted.
    var undeclared: [Range<Int>] = []
    /// Namespace names that were looked up.
    var knownURIs: [(uri: Range<Int>, namespace: Namespace)] = []
    var pending: [PendingAttribute] = []
    var entities = InternalEntities()
    /// The stack index of the open item.
    var itemDepth: Int?
    /// Whether there is a carriage return anywhere.
    let hasCarriageReturns: Bool
    /// How many problems were known when the item was opened.
    var problemsBeforeItem = 0
    /// Whether the default namespace of an `<rss>` root, whatever it is, is read as RSS; and how many declarations stand
    /// on the root.
    var rootNamespaceIsRSS = false
    var rootBindings = 0
    /// Elements open beyond the depth limit, and where the first of them starts.
    var excess: (count: Int, start: Int) = (0, 0)
    var searches: ForwardSearches
    /// Bytes that were read for tags that turned out to be none.
    var wastedBytes = 0
    /// Memory that texts are decoded in, one after the other: each takes it over if the one before is gone.
    var decodeScratch: [UInt8] = []
    var htmlScratch: [UInt8] = []
    /// What was seen of the root before it is opened: its name as written, `version`, and whether it has an `href`.
    var pendingRootName = ""
    var rootVersion: String?
    var rootHasHref = false
    /// Whether the root declares a namespace of RSS.
    var rootDeclaresRSS = false

    struct OpenElement: Sendable {
        var node: Int
        var name: Range<Int>
        /// The name, unless it is long.
        var key: NameKey?
        /// How many declarations were in force around it, and their generation.
        var bindings: Int
        var generation: Int
    }

    struct PendingAttribute: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    init(bytes: [UInt8], baseURL: String, limits: ParseLimits, problems: ProblemLog) {
        self.bytes = bytes
        self.limits = limits
        self.problems = problems
        searches = ForwardSearches(to: bytes.count)
        bases = [baseURL]
        hasCarriageReturns = bytes.find(0x0D, from: 0, to: bytes.count) != nil
    }

    /// Walks on until an item is closed and returns its node; nil at the end. The caller reads the item and
    /// then calls `discardItem`.
    mutating func nextItem() -> Int? {
        repeat {
            while position < bytes.count, !isComplete {
                skipText()
                guard position < bytes.count else { break }
                if let item = readMarkup() { return item }
            }
        } while isComplete && resumeBehindRoot()
        // What is read from here on is the feed's own: any problem may lie in it.
        problemsBeforeItem = 0
        return isComplete ? nil : closeAtEnd()
    }

    /// Forgets the nodes of an item that was read.
    mutating func discardItem(_ node: Int) {
        attributes.removeLast(attributes.count - nodes[node].attributes.lowerBound)
        nodes.removeLast(nodes.count - node)
        if skipped.count > 64 { skipped.removeFirst(skipped.count - 64) }
    }

    // MARK: Text

    /// Passes over text up to the next `<`, noting what is wrong in it.
    private mutating func skipText() {
        let start = position
        let end = bytes.count
        var index = start
        // Between elements there is mostly white space and nothing else.
        while index < end, bytes[index].isSpace { index += 1 }
        if index < end, bytes[index] != 0x3C { index = bytes.first(TextStops.self, from: index, to: end) }
        position = index
        if index < end, bytes[index] != 0x3C { skipSpecialText() }
        if stack.isEmpty, position > start, !bytes.trimmed(start..<position).isEmpty {
            problems.note(start, "text outside of the root element")
        }
    }

    /// Passes over the rest of a text from the first byte in it that may not be what it seems.
    private mutating func skipSpecialText() {
        let end = bytes.count
        while position < end {
            let byte = bytes[position]
            if byte == 0x3C { return }
            if let open = stack.last, byte != 0x3E { nodes[open.node].needsDecoding = true }
            noteSpecial(byte)
            position = bytes.first(TextStops.self, from: position + 1, to: end)
        }
    }

    private mutating func noteSpecial(_ byte: UInt8) {
        switch byte {
        case 0x26: checkReference(at: position)
        case 0x3E:
            if position >= 2, bytes[position - 1] == 0x5D, bytes[position - 2] == 0x5D {
                problems.note(position, "\"]]>\" outside of a CDATA section")
            }
        case 0xEF:
            if bytes.isNoncharacter(at: position) { problems.note(position, "a character that XML forbids") }
        default: problems.note(position, "a control character that XML forbids")
        }
    }

    /// Notes an ampersand that begins no reference, and a reference to nothing.
    mutating func checkReference(at ampersand: Int) {
        if bytes.predefinedReference(at: ampersand, to: bytes.count) != nil { return }
        let start = ampersand + 1
        guard start < bytes.count else { return problems.note(ampersand, "a bare \"&\"") }
        if bytes[start] == UInt8(ascii: "#") {
            guard
                let number = NumericReference.read(bytes, at: start, to: bytes.count, needsSemicolon: true),
                NumericReference.scalar(number.value) != nil
            else { return problems.note(ampersand, "a character reference to no character") }
            return
        }
        guard let end = bytes.referenceNameEnd(from: start, to: bytes.count) else {
            return problems.note(ampersand, "a bare \"&\"")
        }
        if entities.defines(bytes[start..<end]) { return }
        if NamedReferences.shared.contains(bytes, start..<end + 1) { return }
        let name = String(decoding: bytes[start..<end].prefix(40), as: UTF8.self)
        problems.note(ampersand, "undefined entity \"&\(name);\"")
    }

    // MARK: Markup

    /// Reads the markup at `position`; returns the item that it closes.
    private mutating func readMarkup() -> Int? {
        let start = position
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        switch next {
        case UInt8(ascii: "/"): return readEndTag()
        case UInt8(ascii: "!"): readDeclaration()
        case UInt8(ascii: "?"):
            noteDecoding()
            if let end = searches.find(.instructionEnd, in: bytes, from: start + 2) {
                position = end + 2
            } else {
                problems.note(start, "an unfinished processing instruction")
                position = (searches.find(.tagEnd, in: bytes, from: start) ?? start) + 1
            }
        default: return readStartTag()
        }
        return nil
    }

    /// The text of the open element is not as it is written.
    mutating func noteDecoding() {
        if let open = stack.last { nodes[open.node].needsDecoding = true }
    }

    private mutating func readDeclaration() {
        let start = position
        noteDecoding()
        if bytes.has("<!--", at: start) {
            if let end = searches.find(.commentEnd, in: bytes, from: start + 4) {
                position = end + 3
            } else {
                problems.note(start, "an unfinished comment")
                position = (searches.find(.tagEnd, in: bytes, from: start) ?? start) + 1
            }
        } else if bytes.has("<![CDATA[", at: start) {
            readCDATA()
        } else if stack.isEmpty, bytes.hasIgnoringCase("<!doctype", at: start) {
            readDoctype()
        } else {
            problems.note(start, "a declaration that does not belong here")
            position = (searches.find(.tagEnd, in: bytes, from: start) ?? start) + 1
        }
    }

    /// Passes over a CDATA section. One without an end, or whose end belongs to a later section, ends at the end tag of
    /// the element around it.
    private mutating func readCDATA() {
        let start = position + 9
        if let (end, isPlain) = usualSection(from: start) {
            if let node = stack.last?.node, nodes[node].section.isEmpty {
                nodes[node].section = start..<end
                nodes[node].hasPlainSection = isPlain
            }
            position = end + 3
            return
        }
        let end = searches.find(.cdataEnd, in: bytes, from: start)
        let nested = nextSection(from: start, to: end ?? bytes.count)
        let reach = nested ?? (end == nil ? bytes.count : start)
        if let open = stack.last, let stop = endTag(of: open.name, from: start, to: reach) {
            problems.note(position, "an unfinished CDATA section")
            position = stop
        } else if let end {
            if let node = stack.last?.node, nodes[node].section.isEmpty { nodes[node].section = start..<end }
            position = end + 3
        } else {
            problems.note(position, "an unfinished CDATA section")
            position = bytes.count
        }
    }

    /// The end of a section in which no other one begins, and whether its text stays as it is written; nil if another
    /// begins, or none ends. One pass, which the next section bounds: linear.
    private func usualSection(from start: Int) -> (end: Int, isPlain: Bool)? {
        var isPlain = true
        var index = start
        while true {
            index = bytes.first(BracketStops.self, from: index, to: bytes.count)
            guard index < bytes.count else { return nil }
            switch bytes[index] {
            case 0x5D:
                if bytes.has("]]>", at: index) { return (index, isPlain) }
            case 0x5B:
                if index >= start + 2, bytes.has("<![CDATA[", at: index - 2) { return nil }
            case 0xEF:
                if bytes.isNoncharacter(at: index) { isPlain = false }
            default:
                isPlain = false
            }
            index += 1
        }
    }

    /// Where the next CDATA section begins: looked for by its bracket, for `<` is frequent in CDATA.
    private func nextSection(from start: Int, to end: Int) -> Int? {
        var position = start + 2
        while let found = bytes.find("[CDATA[", from: position, to: end) {
            if bytes.has("<!", at: found - 2) { return found - 2 }
            position = found + 1
        }
        return nil
    }

    private func endTag(of name: Range<Int>, from start: Int, to end: Int) -> Int? {
        var position = start
        while let found = bytes.find("</", from: position, to: end) {
            if bytes.hasName(bytes[name], at: found + 2) { return found }
            position = found + 2
        }
        return nil
    }

    // MARK: Ends

    private mutating func readEndTag() -> Int? {
        let start = position
        let nameStart = start + 2
        if excess.count == 0, let open = stack.last {
            // The usual end: exactly the innermost element's.
            let stop = nameStart + open.name.count
            if stop < bytes.count, bytes[stop] == 0x3E, isName(open, at: nameStart..<stop) {
                let closesItem = itemDepth == stack.count - 1
                let node = pop(at: start, .closed)
                position = stop + 1
                if stack.isEmpty { isComplete = true }
                return closesItem ? node : nil
            }
        }
        var end = nameStart
        while end < bytes.count, bytes[end].continuesName { end += 1 }
        guard end > nameStart else {
            problems.note(start, "a bare \"<\"")
            noteDecoding()
            position += 1
            return nil
        }
        var close = end
        while close < bytes.count, bytes[close] != 0x3E, bytes[close] != 0x3C { close += 1 }
        let after = close < bytes.count && bytes[close] == 0x3E ? close + 1 : close
        if excess.count > 0 {
            closeExcess(after)
            return nil
        }
        guard let depth = depth(closedBy: nameStart..<end) else {
            problems.note(start, "an end tag </\(text(nameStart..<end))> that opens nowhere")
            noteDecoding()
            position = after
            return nil
        }
        if depth < stack.count - 1 || !bytes.equal(stack[depth].name, nameStart..<end) {
            problems.note(start, "<\(text(stack[stack.count - 1].name))> is closed by </\(text(nameStart..<end))>")
        }
        // The item goes first, on its own; the end tag is then read again.
        if let itemDepth, depth < itemDepth { return popItem(at: start) }
        while stack.count > depth + 1 { pop(at: start, .closed) }
        let closesItem = itemDepth == depth
        let node = pop(at: start, .closed)
        position = after
        if stack.isEmpty { isComplete = true }
        return closesItem ? node : nil
    }

    @inline(__always)
    private func isName(_ open: OpenElement, at name: Range<Int>) -> Bool {
        guard let key = open.key else { return bytes.equal(open.name, name) }
        return NameKey(bytes, name, keepsCase: true) == key
    }

    /// The stack index of the element that an end tag closes: the innermost of its name.
    private func depth(closedBy name: Range<Int>) -> Int? {
        var depth = stack.count - 1
        while depth >= 0 {
            if bytes.equalIgnoringCase(stack[depth].name, name) { return depth }
            depth -= 1
        }
        return nil
    }

    private mutating func closeExcess(_ after: Int) {
        excess.count -= 1
        position = after
        if excess.count == 0 { skipped.append(excess.start..<after) }
    }

    /// Closes the open item and what is open inside it.
    mutating func popItem(at offset: Int) -> Int? {
        guard let itemDepth else { return nil }
        while stack.count > itemDepth + 1 { pop(at: offset, .closed) }
        return pop(at: offset, .closed)
    }

    @discardableResult
    mutating func pop(at offset: Int, _ closing: XMLNode.Closing) -> Int {
        guard let open = stack.popLast() else { return -1 }
        if bindings.count > open.bindings { unbind(to: open.bindings, open.generation) }
        let start = nodes[open.node].inner.lowerBound
        nodes[open.node].inner = start..<max(offset, start)
        nodes[open.node].closing = closing
        if itemDepth == stack.count { itemDepth = nil }
        return open.node
    }

    /// Closes everything at the end of the input; an item that it cuts is dropped (F16).
    private mutating func closeAtEnd() -> Int? {
        guard root != nil, !stack.isEmpty else { return nil }
        if excess.count > 0 {
            skipped.append(excess.start..<bytes.count)
            excess.count = 0
        }
        problems.note(bytes.count, "the document ends inside <\(text(stack[stack.count - 1].name))>")
        if let itemDepth {
            let item = stack[itemDepth].node
            problems.note(nodes[item].start, "the end of the document cuts this item, which is dropped")
            while stack.count > itemDepth { pop(at: bytes.count, .cut) }
            discardItem(item)
        }
        while !stack.isEmpty { pop(at: bytes.count, .cut) }
        return nil
    }

    /// A name for a message.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range].prefix(60), as: UTF8.self) }
}
