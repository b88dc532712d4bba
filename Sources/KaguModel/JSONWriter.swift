// SPDX-License-Identifier: Apache-2.0

/// Writes JSON (RFC 8259) as UTF-8 bytes with members in the order in which they are added: hit lines, message
/// bodies and command output need a fixed key order, which Foundation's encoder does not keep.
///
/// Text is escaped as little as the RFC allows; U+2028 and U+2029 are escaped too, so that a line of output is
/// a line everywhere. Numbers that JSON cannot hold (NaN, infinity) are written as null.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// An empty document.
    public init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// What has been written so far, as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Ends a line: what follows is another document, as in a file of JSON lines.
    public mutating func endLine() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Values

    /// Writes an object whose members `body` adds.
    public mutating func object(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    /// Writes an array whose elements `body` adds.
    public mutating func array(_ body: (inout JSONWriter) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    /// Writes a string.
    public mutating func string(_ value: some StringProtocol) {
        separate()
        quote(value)
    }

    /// Writes a whole number.
    public mutating func number(_ value: some BinaryInteger) { raw(String(value)) }

    /// Writes a number; whole values without a fraction.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        raw(value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value))
    }

    /// Writes true or false.
    public mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    /// Writes null.
    public mutating func null() { raw("null") }

    /// Writes text that is a JSON value already.
    public mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    /// Writes bytes that are a JSON value already.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    // MARK: Members

    /// Writes a member's name; the next value written is its value.
    public mutating func key(_ name: String) {
        separate()
        quote(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Adds a string member.
    public mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }

    /// Adds a string member unless it is absent or empty.
    public mutating func member(_ name: String, ifPresent value: String?) {
        guard let value, !value.isEmpty else { return }
        member(name, value)
    }

    /// Adds an instant in the form of DESIGN §6, unless it is absent.
    public mutating func member(_ name: String, _ value: Instant?) {
        guard let value else { return }
        key(name)
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.rfc3339Bytes(withMilliseconds: true))
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds a whole number.
    public mutating func member(_ name: String, _ value: some BinaryInteger) {
        key(name)
        number(value)
    }

    /// Adds a number.
    public mutating func member(_ name: String, _ value: Double) {
        key(name)
        number(value)
    }

    /// Adds a truth value.
    public mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Adds an array of strings.
    public mutating func member(_ name: String, _ values: [String]) {
        key(name)
        array { writer in
            for value in values { writer.string(value) }
        }
    }

    /// Adds an object.
    public mutating func member(_ name: String, object body: (inout JSONWriter) -> Void) {
        key(name)
        object(body)
    }

    /// Adds an array.
    public mutating func member(_ name: String, array body: (inout JSONWriter) -> Void) {
        key(name)
        array(body)
    }

    // MARK: Bytes

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func quote(_ value: some StringProtocol) {
        bytes.append(UInt8(ascii: "\""))
        var copy = String(value)
        copy.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        // Blocks in which something may need an escape are gone through byte by byte.
        var blockEnd = 0
        while index < utf8.count {
            if index >= blockEnd {
                index = Self.plainEnd(utf8, from: index)
                blockEnd = index + 16
                guard index < utf8.count else { break }
            }
            let byte = utf8[index]
            let isLineSeparator =
                byte == 0xE2 && index + 2 < utf8.count && utf8[index + 1] == 0x80 && utf8[index + 2] & 0xFE == 0xA8
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F || isLineSeparator else {
                index += 1
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
            switch byte {
            case 0x22: bytes.append(contentsOf: "\\\"".utf8)
            case 0x5C: bytes.append(contentsOf: "\\\\".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0x0D: bytes.append(contentsOf: "\\r".utf8)
            case 0x09: bytes.append(contentsOf: "\\t".utf8)
            case 0xE2: bytes.append(contentsOf: (utf8[index + 2] == 0xA8 ? "\\u2028" : "\\u2029").utf8)
            default: appendControl(byte)
            }
            index += isLineSeparator ? 3 : 1
            start = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
    }

    /// Where sixteen bytes begin of which one may need an escape, or fewer are left. The tests are borrows within a
    /// register: comparisons of `SIMD16<UInt8>` are not compiled to vector code.
    private static func plainEnd(_ utf8: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = UnsafeRawPointer(utf8.baseAddress) else { return start }
        var index = start
        while index + 16 <= utf8.count {
            // Sixteen bytes are readable from there.
            let block = base.loadUnaligned(fromByteOffset: index, as: Lanes.self)
            let marks =
                (block &- each(0x20)) & ~block | zeros(block ^ each(0x22)) | zeros(block ^ each(0x5C))
                | zeros(block ^ each(0x7F)) | zeros(block ^ each(0xE2))
            let found = marks & each(0x80)
            if found[0] | found[1] != 0 { break }
            index += 16
        }
        return index
    }

    private typealias Lanes = SIMD2<UInt64>

    @inline(__always)
    private static func each(_ byte: UInt64) -> Lanes { Lanes(repeating: byte &* 0x0101_0101_0101_0101) }

    /// The highest bit of each byte that is zero, and perhaps of those behind it.
    @inline(__always)
    private static func zeros(_ lanes: Lanes) -> Lanes { (lanes &- each(1)) & ~lanes }

    private mutating func appendControl(_ byte: UInt8) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
    }
}
