// SPDX-License-Identifier: Apache-2.0

/// The header fields of an answer, kept as the bytes that came.
///
/// Values are handed out as strings in which every byte is the scalar of the same number (Latin-1, "isomorphic
/// decoding"): nothing is lost, and `Validators` turns them back into the same bytes. ASCII reads as itself.
public struct HTTPHeaders: Sendable {
    /// One field: its name as sent, its value without surrounding blanks.
    public struct Field: Hashable, Sendable {
        /// The name as the server spells it.
        public var name: String
        /// The value, one scalar a byte.
        public var value: String
    }

    /// The lines as they came, each with its line end; the status line is not among them.
    private(set) var block: [UInt8]

    /// No fields.
    public init() { block = [] }

    /// No fields, with room for a block of that many bytes.
    init(capacity: Int) {
        block = []
        block.reserveCapacity(capacity)
    }

    /// The fields of a header block: lines of `Name: value`, status line apart.
    public init(block: [UInt8]) { self.block = block }

    /// Fields by name and value, for tests and scripted answers.
    public init(_ fields: KeyValuePairs<String, String>) {
        block = fields.flatMap { Array("\($0.key): ".utf8) + isomorphicBytes($0.value) + [0x0D, 0x0A] }
    }

    /// The first value of a field; the name matches without case.
    public subscript(_ name: String) -> String? {
        var found: ArraySlice<UInt8>?
        forEachLine(named: name) { value in
            found = found ?? value
            return found == nil
        }
        return found.map(isomorphicString)
    }

    /// The bytes of a field's first value.
    public func bytes(_ name: String) -> [UInt8]? {
        self[name].map(isomorphicBytes)
    }

    /// All values of a field, in order; the name matches without case.
    public func values(_ name: String) -> [String] {
        var values: [String] = []
        forEachLine(named: name) { value in
            values.append(isomorphicString(value))
            return true
        }
        return values
    }

    /// All fields, in order.
    public var fields: [Field] {
        var fields: [Field] = []
        forEachLine { name, value in
            fields.append(Field(name: isomorphicString(name), value: isomorphicString(value)))
            return true
        }
        return fields
    }

    /// Appends one line as it came from the wire.
    mutating func append(line: UnsafeBufferPointer<UInt8>) {
        block.append(contentsOf: line)
    }

    /// Calls `body` with the value of each field of that name until it returns false.
    private func forEachLine(named name: String, _ body: (ArraySlice<UInt8>) -> Bool) {
        var name = name
        name.withUTF8 { wanted in
            forEachLine { candidate, value in isSame(candidate, wanted) ? body(value) : true }
        }
    }

    /// Calls `body` with name and value of each field until it returns false. Obsolete folding (RFC 9112 §5.2)
    /// continues a value on lines that begin with a blank; lines without a colon are skipped.
    private func forEachLine(_ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Bool) {
        var position = block.startIndex
        while position < block.endIndex {
            var end = lineEnd(from: position)
            var folded: [UInt8]?
            while end < block.endIndex, isBlank(block[end]) {
                let next = lineEnd(from: end)
                folded =
                    (folded ?? Array(trimmed(block[position..<end]))) + [0x20] + Array(trimmed(block[end..<next]))
                end = next
            }
            let line = folded.map { $0[...] } ?? block[position..<end]
            position = end
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            if !body(trimmed(line[..<colon]), trimmed(line[(colon + 1)...])) { return }
        }
    }

    /// The position after the next line feed.
    private func lineEnd(from position: Int) -> Int {
        block.withUnsafeBufferPointer { bytes in
            var end = position
            while end < bytes.count {
                end += 1
                if bytes[end - 1] == 0x0A { break }
            }
            return end
        }
    }
}

/// Whether two names are the same without case.
private func isSame(_ candidate: ArraySlice<UInt8>, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    guard candidate.count == wanted.count else { return false }
    return candidate.withUnsafeBufferPointer { candidate in
        for index in 0..<wanted.count where asciiLowercased(candidate[index]) != asciiLowercased(wanted[index]) {
            return false
        }
        return true
    }
}

/// Without blanks and line ends at either side.
private func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var (start, end) = (bytes.startIndex, bytes.endIndex)
    while start < end, isBlank(bytes[start]) || isLineEnd(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) || isLineEnd(bytes[end - 1]) { end -= 1 }
    return bytes[start..<end]
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0D || byte == 0x0A }

/// The byte with A–Z lowered.
func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}

/// Each byte as the scalar of the same number.
func isomorphicString(_ bytes: some Collection<UInt8>) -> String {
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    var text = ""
    text.unicodeScalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
    return text
}

/// Each scalar below U+0100 as the byte of the same number; others, which no answer's header holds, in UTF-8.
func isomorphicBytes(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { $0.value < 0x100 ? [UInt8($0.value)] : Array(String($0).utf8) }
}
