// SPDX-License-Identifier: Apache-2.0

/// The internal entities of a document that stand for plain text (F17).
struct InternalEntities: Sendable {
    private var replacements: [ArraySlice<UInt8>: [UInt8]] = [:]
    /// Bytes that expansion has added so far.
    var expandedBytes = 0
    /// Whether the limit was reached and said so.
    var isExhausted = false

    /// True if the document defines none.
    var isEmpty: Bool { replacements.isEmpty }

    /// Whether a name is defined.
    func defines(_ name: ArraySlice<UInt8>) -> Bool { !replacements.isEmpty && replacements[name] != nil }

    /// What a name stands for.
    subscript(name: ArraySlice<UInt8>) -> [UInt8]? {
        replacements.isEmpty ? nil : replacements[name]
    }

    /// Defines a name; the first definition counts.
    mutating func define(_ name: ArraySlice<UInt8>, _ value: [UInt8]) {
        if replacements.count < 1000, replacements[name] == nil { replacements[name] = value }
    }
}

extension XMLDocument {
    /// Reads a document type declaration for its internal entities; nothing it names is ever fetched.
    mutating func readDoctype() {
        let start = position
        var index = start + 9
        while index < bytes.count, bytes[index] != 0x3E, bytes[index] != 0x5B {
            if bytes[index] == 0x3C {
                problems.note(start, "an unfinished document type")
                position = index
                return
            }
            if bytes[index] == 0x22 || bytes[index] == 0x27 {
                guard let close = bytes.find(bytes[index], from: index + 1, to: bytes.count) else { break }
                index = close
            }
            index += 1
        }
        if index < bytes.count, bytes[index] == 0x5B {
            index = readInternalSubset(from: index + 1)
            while index < bytes.count, bytes[index].isSpace { index += 1 }
        }
        if index < bytes.count, bytes[index] == 0x3E {
            position = index + 1
        } else {
            problems.note(start, "an unfinished document type")
            position = min(max(index, start + 1), bytes.count)
        }
    }

    /// Reads declarations up to the closing bracket; returns where the subset ends.
    private mutating func readInternalSubset(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x5D { return index + 1 }
            if bytes.has("<!--", at: index) {
                guard let end = searches.find(.commentEnd, in: bytes, from: index + 4) else { return bytes.count }
                index = end + 3
            } else if bytes.has("<!ENTITY", at: index) {
                index = readEntity(from: index + 8)
            } else if bytes.has("<!", at: index) || bytes.has("<?", at: index) {
                index = endOfDeclaration(from: index + 2)
            } else if bytes[index] == 0x3C {
                // An element: the subset was never closed.
                return index
            } else {
                index += 1
            }
        }
        return index
    }

    private mutating func readEntity(from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index].isSpace { index += 1 }
        let nameStart = index
        while index < bytes.count, bytes[index].continuesName { index += 1 }
        let name = bytes[nameStart..<index]
        while index < bytes.count, bytes[index].isSpace { index += 1 }
        guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27, !name.isEmpty else {
            return endOfDeclaration(from: index)
        }
        guard let close = bytes.find(bytes[index], from: index + 1, to: bytes.count) else { return bytes.count }
        if let value = plainReplacement(index + 1..<close) { entities.define(name, value) }
        return endOfDeclaration(from: close + 1)
    }

    /// The replacement text of an entity, if it is plain: no markup, no parameter entity, no entity but XML's own.
    private func plainReplacement(_ range: Range<Int>) -> [UInt8]? {
        var out: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == 0x26 {
                if let number = NumericReference.read(
                    bytes, at: index + 1, to: range.upperBound, needsSemicolon: true),
                    let scalar = NumericReference.scalar(number.value)
                {
                    out.append(scalar: scalar)
                    index = number.end
                    continue
                }
                guard let end = bytes.referenceNameEnd(from: index + 1, to: range.upperBound) else { return nil }
                if let predefined = bytes.predefined(index + 1..<end) {
                    out.append(predefined)
                } else if !NamedReferences.shared.append(bytes, index + 1..<end + 1, to: &out) {
                    return nil
                }
                index = end + 1
            } else if byte == 0x3C || byte == UInt8(ascii: "%") && isParameterReference(index, range.upperBound) {
                return nil
            } else {
                out.append(byte)
                index += 1
            }
        }
        return out
    }

    private func isParameterReference(_ index: Int, _ end: Int) -> Bool {
        bytes.referenceNameEnd(from: index + 1, to: end) != nil
    }

    private func endOfDeclaration(from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if bytes[index] == 0x3E { return index + 1 }
            if bytes[index] == 0x22 || bytes[index] == 0x27 {
                guard let close = bytes.find(bytes[index], from: index + 1, to: bytes.count) else {
                    return bytes.count
                }
                index = close
            }
            index += 1
        }
        return index
    }
}
