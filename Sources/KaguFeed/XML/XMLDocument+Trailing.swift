// SPDX-License-Identifier: Apache-2.0

extension XMLDocument {
    /// Passes over what may stand behind the root. Items there, and a second root of the same kind, are read on: the
    /// feed was closed too early, or written twice.
    mutating func resumeBehindRoot() -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            if byte.isSpace || byte == 0 {
                position += 1
            } else if bytes.has("<!--", at: position),
                let end = searches.find(.commentEnd, in: bytes, from: position + 4)
            {
                position = end + 3
            } else if bytes.has("<?", at: position),
                let end = searches.find(.instructionEnd, in: bytes, from: position + 2)
            {
                position = end + 2
            } else {
                if !saidJunk { problems.note(position, "junk after the root element") }
                saidJunk = true
                guard let next = nextItemOrRoot() else { return false }
                position = next
                isComplete = false
                return true
            }
        }
        return false
    }

    /// The next start tag behind the root that opens an item or another root like it.
    private func nextItemOrRoot() -> Int? {
        let names: [StaticString]
        switch root {
        case .rss: names = ["<item>", "<item ", "<rss ", "<rss>"]
        case .rdf: names = ["<item>", "<item ", "<rdf:RDF "]
        case .atom: names = ["<entry>", "<entry ", "<feed "]
        default: return nil
        }
        var start = position
        while let open = bytes.find(0x3C, from: start, to: bytes.count) {
            if names.contains(where: { bytes.has($0, at: open) }) { return open }
            start = open + 1
        }
        return nil
    }
}
