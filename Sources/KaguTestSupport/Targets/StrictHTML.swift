// SPDX-License-Identifier: Apache-2.0

/// HTML of a few tags, read without mercy: balanced, lower case, links with an address alone, four entities.
struct StrictHTML {
    /// The text without tags, entities replaced.
    private(set) var text = ""
    /// Opening tags.
    private(set) var tagCount = 0

    init(_ html: String, tags: Set<String>) throws(Refusal) {
        var open: [String] = []
        var rest = Substring(html)
        while let scalar = rest.unicodeScalars.popFirst() {
            switch scalar {
            case "<":
                guard let end = rest.unicodeScalars.firstIndex(of: ">") else { throw Refusal("unclosed start tag") }
                let tag = String(rest[..<end])
                rest = rest[rest.unicodeScalars.index(after: end)...]
                try take(tag, &open, tags)
            case ">": throw Refusal("a bracket in the text")
            case "&":
                let entities = ["amp;": "&", "lt;": "<", "gt;": ">", "quot;": "\""]
                guard let entity = entities.first(where: { rest.hasPrefix($0.key) })
                else { throw Refusal("unknown entity") }
                text += entity.value
                rest = rest.dropFirst(entity.key.count)
            default: text.unicodeScalars.append(scalar)
            }
        }
        guard open.isEmpty else { throw Refusal("can't find end tag of \(open)") }
    }

    private mutating func take(_ tag: String, _ open: inout [String], _ tags: Set<String>) throws(Refusal) {
        if tag.hasPrefix("/") {
            guard open.popLast() == String(tag.dropFirst()) else { throw Refusal("unexpected end tag \(tag)") }
            return
        }
        let name = String(tag.prefix { $0 != " " })
        guard tags.contains(name) else { throw Refusal("unsupported start tag \(name)") }
        tagCount += 1
        if name == "a" {
            guard tag.hasPrefix("a href=\""), tag.hasSuffix("\"") else { throw Refusal("a link without address") }
            try InertText.checkLink(String(tag.dropFirst(8).dropLast()).replacing("&amp;", with: "&"))
        } else if name != tag {
            throw Refusal("attributes of \(name)")
        }
        if name != "br" { open.append(name) }
    }
}
