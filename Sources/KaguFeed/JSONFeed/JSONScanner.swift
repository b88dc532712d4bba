// SPDX-License-Identifier: Apache-2.0

/// A bounded, tolerant JSON reader (RFC 8259) over UTF-8: damage is noted and what was read before it stays.
struct JSONScanner: Sendable {
    let bytes: [UInt8]
    var position = 0
    var problems: ProblemLog
    /// True once the input made no sense any more; what is open is closed then.
    private(set) var hasFailed = false
    private let depthLimit: Int
    private var saidTooDeep = false

    init(_ bytes: [UInt8], depthLimit: Int, problems: ProblemLog) {
        self.bytes = bytes
        self.depthLimit = depthLimit
        self.problems = problems
    }

    /// Reads the document's one value.
    mutating func document() -> JSONNode {
        let node = value(depth: 0)
        skipSpace()
        if !hasFailed, position < bytes.count { problems.note(position, "junk after the JSON value") }
        return node
    }

    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position].isSpace { position += 1 }
    }

    private mutating func fail(_ message: String) {
        guard !hasFailed else { return }
        hasFailed = true
        problems.note(position, position < bytes.count ? message : "the document ends inside a JSON value")
    }

    private mutating func value(depth: Int) -> JSONNode {
        skipSpace()
        let start = position
        var read: JSONValue = .null
        switch next {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            if depth >= depthLimit {
                skipDeep()
                read = .skipped
            } else {
                read = next == UInt8(ascii: "{") ? .object(object(depth)) : .array(array(depth))
            }
        case UInt8(ascii: "\""): read = .string(string())
        case UInt8(ascii: "-"), 0x30...0x39: read = .number(number())
        default:
            if bytes.has("true", at: position) {
                read = .bool(true)
                position += 4
            } else if bytes.has("false", at: position) {
                read = .bool(false)
                position += 5
            } else if bytes.has("null", at: position) {
                position += 4
            } else {
                fail("no JSON value")
            }
        }
        return JSONNode(value: read, start: start, isCut: hasFailed)
    }

    private mutating func object(_ depth: Int) -> JSONObject {
        var object = JSONObject()
        position += 1
        skipSpace()
        while !hasFailed, next != UInt8(ascii: "}") {
            guard next == UInt8(ascii: "\"") else {
                fail("no member name")
                return object
            }
            let name = String(decoding: string().slice, as: UTF8.self)
            skipSpace()
            guard !hasFailed, next == UInt8(ascii: ":") else {
                fail("no \":\" after a member name")
                return object
            }
            position += 1
            let node = value(depth: depth + 1)
            object.members.append((name, node))
            guard separator(UInt8(ascii: "}")) else { return object }
        }
        if !hasFailed { position += 1 }
        return object
    }

    private mutating func array(_ depth: Int) -> [JSONNode] {
        var elements: [JSONNode] = []
        position += 1
        skipSpace()
        while !hasFailed, next != UInt8(ascii: "]") {
            elements.append(value(depth: depth + 1))
            guard separator(UInt8(ascii: "]")) else { return elements }
        }
        if !hasFailed { position += 1 }
        return elements
    }

    /// Reads a comma, or stays before the closing bracket; a comma before it is a problem.
    private mutating func separator(_ close: UInt8) -> Bool {
        guard !hasFailed else { return false }
        skipSpace()
        if next == UInt8(ascii: ",") {
            let comma = position
            position += 1
            skipSpace()
            if next == close { problems.note(comma, "a comma without a value after it") }
            return true
        }
        if next == close, position < bytes.count { return true }
        fail("no \",\" between values")
        return false
    }

    private mutating func number() -> String {
        let start = position
        while position < bytes.count, position - start < 64 {
            switch next {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                position += 1
            default: return String(decoding: bytes[start..<position], as: UTF8.self)
            }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over a value below the depth limit by its brackets.
    private mutating func skipDeep() {
        if !saidTooDeep {
            saidTooDeep = true
            problems.note(position, "values nested deeper than \(depthLimit) are skipped")
        }
        var open = 0
        while position < bytes.count {
            switch next {
            case UInt8(ascii: "{"), UInt8(ascii: "["): open += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): open -= 1
            case UInt8(ascii: "\""):
                _ = string()
                position -= 1
            default: break
            }
            position += 1
            if open == 0 || hasFailed { return }
        }
        fail("unfinished")
    }

    // MARK: Strings

    /// Reads a string; one without escapes is not copied.
    private mutating func string() -> TextRun {
        let start = position + 1
        let plainEnd = bytes.first(JSONStringStops.self, from: start, to: bytes.count)
        if plainEnd < bytes.count, bytes[plainEnd] == 0x22 {
            position = plainEnd + 1
            return TextRun(bytes, start..<plainEnd)
        }
        return TextRun(decodedString())
    }

    private mutating func decodedString() -> [UInt8] {
        var out: [UInt8] = []
        position += 1
        while true {
            let special = bytes.first(JSONStringStops.self, from: position, to: bytes.count)
            out.append(bytes, position..<special)
            position = special
            guard position < bytes.count else {
                fail("unfinished")
                return out
            }
            switch bytes[position] {
            case 0x22:
                position += 1
                return out
            case 0x5C:
                escape(&out)
            default:
                problems.note(position, "a control character in a JSON string")
                if next.isSpace { out.append(next) }
                position += 1
            }
        }
    }

    private mutating func escape(_ out: inout [UInt8]) {
        let start = position
        position += 1
        let mark = next
        position += 1
        switch mark {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"), UInt8(ascii: "f"): out.append(0x20)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(mark)
        case UInt8(ascii: "u"):
            guard let unit = hex() else {
                problems.note(start, "a JSON escape without four digits")
                return
            }
            append(unit, &out)
        default:
            problems.note(start, "an unknown JSON escape")
            position = min(start + 1, bytes.count)
        }
        position = min(position, bytes.count)
    }

    private mutating func append(_ unit: UInt32, _ out: inout [UInt8]) {
        if unit & 0xFC00 == 0xD800, bytes.has("\\u", at: position) {
            let mark = position
            position += 2
            if let low = hex(), low & 0xFC00 == 0xDC00 {
                return out.append(scalar: 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF)
            }
            position = mark
        }
        if unit & 0xF800 == 0xD800 {
            out.append(scalar: 0xFFFD)
        } else if unit >= 0x20 || unit == 0x09 || unit == 0x0A || unit == 0x0D {
            out.append(scalar: unit)
        }
    }

    private mutating func hex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in position..<position + 4 {
            guard let digit = bytes[index].hexValue else { return nil }
            value = value << 4 | digit
        }
        position += 4
        return value
    }
}
