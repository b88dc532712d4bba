// SPDX-License-Identifier: Apache-2.0

/// URL references resolved against a base (RFC 3986 §5), on bytes. An absolute reference stays as it is written.
enum URLReference {
    /// A reference as text: ends trimmed, line ends and tabs removed as browsers do.
    static func cleaned(_ source: TextRun) -> String {
        let bytes = source.bytes
        let range = bytes.trimmed(source.range)
        let first = bytes.first(AddressStops.self, from: range.lowerBound, to: range.upperBound)
        if first == range.upperBound { return TextFinish.string(bytes, range, isASCII: true) }
        guard !bytes[range].contains(where: { $0 < 0x20 }) else {
            return String(decoding: bytes[range].filter { $0 >= 0x20 }, as: UTF8.self)
        }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// The absolute form of a reference; the reference itself where the base gives none.
    static func resolve(_ reference: String, against base: String) -> String {
        guard !base.isEmpty, !reference.isEmpty, !hasScheme(reference) else { return reference }
        let target = Parts(reference)
        var result = Parts(base)
        // A base that is relative itself helps if it says a folder.
        let isBase =
            result.scheme == nil
            ? result.path.contains(UInt8(ascii: "/"))
            : result.authority != nil || result.path.first == UInt8(ascii: "/")
        guard isBase else { return reference }
        if target.authority != nil {
            (result.authority, result.path, result.query) = (
                target.authority, withoutDots(target.path), target.query
            )
        } else if target.path.isEmpty {
            if target.query != nil { result.query = target.query }
        } else {
            result.path = withoutDots(merged(result, target.path))
            result.query = target.query
        }
        result.fragment = target.fragment
        return result.text
    }

    /// Whether a reference is absolute already.
    private static func hasScheme(_ reference: String) -> Bool {
        guard let first = reference.utf8.first, first.isLetter else { return false }
        for byte in reference.utf8 {
            if byte == UInt8(ascii: ":") { return true }
            guard byte.isLetter || byte.isDigit || byte == 0x2B || byte == 0x2D || byte == 0x2E else {
                return false
            }
        }
        return false
    }

    private static func merged(_ base: Parts, _ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        if path.first == UInt8(ascii: "/") { return path }
        guard let slash = base.path.lastIndex(of: UInt8(ascii: "/")) else { return [UInt8(ascii: "/")] + path }
        return base.path[...slash] + path
    }

    /// A path without `.` and `..` segments (§5.2.4), in one pass: `..` takes the last segment off what is written.
    private static func withoutDots(_ path: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard path.contains(UInt8(ascii: ".")) else { return path }
        var out: [UInt8] = []
        out.reserveCapacity(path.count)
        // Where each written segment begins; a slash stands before each but the first.
        var starts: [Int] = []
        var index = path.startIndex
        while true {
            let end = path[index...].firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
            let isLast = end == path.endIndex
            let isDot = end - index == 1 && path[index] == 0x2E
            let isDoubleDot = end - index == 2 && path[index] == 0x2E && path[index + 1] == 0x2E
            if isDoubleDot, starts.count > 1, let start = starts.popLast() { out.removeLast(out.count - start + 1) }
            if !(isDot || isDoubleDot) || isLast {
                if !starts.isEmpty { out.append(UInt8(ascii: "/")) }
                starts.append(out.count)
                if !(isDot || isDoubleDot) { out.append(contentsOf: path[index..<end]) }
            }
            if isLast { return out[...] }
            index = end + 1
        }
    }

    /// The five parts of a reference.
    private struct Parts {
        var scheme: ArraySlice<UInt8>?
        var authority: ArraySlice<UInt8>?
        var path: ArraySlice<UInt8>
        var query: ArraySlice<UInt8>?
        var fragment: ArraySlice<UInt8>?

        init(_ text: String) {
            var rest = Array(text.utf8)[...]
            if let mark = rest.firstIndex(of: UInt8(ascii: "#")) {
                fragment = rest[(mark + 1)...]
                rest = rest[..<mark]
            }
            if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
                query = rest[(mark + 1)...]
                rest = rest[..<mark]
            }
            if let colon = rest.firstIndex(of: UInt8(ascii: ":")), let first = rest.first, first.isLetter,
                rest[..<colon].allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E })
            {
                scheme = rest[..<colon]
                rest = rest[(colon + 1)...]
            }
            if rest.starts(with: [0x2F, 0x2F]) {
                let start = rest.startIndex + 2
                let end = rest[start...].firstIndex(of: 0x2F) ?? rest.endIndex
                authority = rest[start..<end]
                rest = rest[end...]
            }
            path = rest
        }

        var text: String {
            var out: [UInt8] = []
            if let scheme { out += scheme + [UInt8(ascii: ":")] }
            if let authority { out += [0x2F, 0x2F] + authority }
            if authority != nil, let first = path.first, first != 0x2F { out.append(0x2F) }
            out += path
            if let query { out += [UInt8(ascii: "?")] + query }
            if let fragment { out += [UInt8(ascii: "#")] + fragment }
            return String(decoding: out, as: UTF8.self)
        }
    }
}
