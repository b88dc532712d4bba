// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension HitLineScan {
    /// The hit of a scanned line; nil where a value is none of ours, a text is no UTF-8, or a mention is in another
    /// form: then `HitLine` decides.
    func hit(_ line: Bytes) -> Hit? {
        guard let id = Self.text(line, id), let feed = feedReference(line), let title = Self.text(line, title),
            let summary = Self.text(line, summary), let url = Self.text(line, url),
            let lang = Self.text(line, lang),
            let watches = Self.strings(line, watches), let entities = Self.strings(line, entities),
            let topics = topicScores(line), let severity = Self.text(line, severity).flatMap(Severity.init),
            let story = Self.text(line, story), let mentions = mentionList(line)
        else { return nil }
        var instant: Instant?
        if !published.isEmpty {
            instant = Instant(rfc3339: String(decoding: line[published], as: UTF8.self))
            guard instant != nil else { return nil }
        }
        return Hit(
            id: id, seen: seen, published: instant, feed: feed, url: url, title: title, summary: summary,
            lang: lang,
            watches: watches, entities: entities, topics: topics, severity: severity, score: score, story: story,
            revision: revision, baseline: isBaseline, mentions: mentions)
    }

    private func feedReference(_ line: Bytes) -> Hit.FeedReference? {
        guard let id = Self.text(line, feedID), let title = Self.text(line, feedTitle),
            let sourceClass = Self.text(line, sourceClass).flatMap(SourceClass.init(rawValue:)),
            let country = Self.text(line, country)
        else { return nil }
        return Hit.FeedReference(
            id: id, title: title, sourceClass: sourceClass, country: self.country.isEmpty ? nil : country)
    }

    /// The topics with their scores.
    func topicScores(_ line: Bytes) -> [TopicScore]? {
        var cursor = LineCursor(Bytes(rebasing: line[topics]))
        var scores: [TopicScore] = []
        guard cursor.skip("[") else { return nil }
        if cursor.skip("]") { return [] }
        repeat {
            guard cursor.skip("{\"id\":\""), let id = cursor.string(), cursor.skip(",\"score\":"),
                let score = cursor.number(), cursor.skip("}"), let text = Self.text(cursor.bytes, id)
            else { return nil }
            scores.append(TopicScore(id: text, score: score))
        } while cursor.skip(",")
        return scores
    }

    private func mentionList(_ line: Bytes) -> [Mention]? {
        var cursor = LineCursor(Bytes(rebasing: line[mentions]))
        var list: [Mention] = []
        guard cursor.skip("[") else { return nil }
        if !cursor.skip("]") {
            repeat {
                guard let mention = Self.mention(&cursor) else { return nil }
                list.append(mention)
            } while cursor.skip(",")
            guard cursor.skip("]") else { return nil }
        }
        return cursor.at == cursor.bytes.count ? list : nil
    }

    private static func mention(_ cursor: inout LineCursor) -> Mention? {
        guard cursor.skip("{\"entity\":\""), let entity = string(&cursor), cursor.skip(",\"alias\":\""),
            let alias = string(&cursor), cursor.skip(",\"field\":\""),
            let field = string(&cursor).flatMap(Mention.Field.init(rawValue:)), cursor.skip(",\"start\":"),
            let start = cursor.number(), cursor.skip(",\"end\":"), let end = cursor.number(),
            cursor.skip(",\"text\":\""), let text = string(&cursor), cursor.skip(",\"tier\":"),
            let tier = cursor.number(), cursor.skip(",\"suffix\":\""), let suffix = string(&cursor),
            cursor.skip(",\"state\":\""), let state = string(&cursor).flatMap(Mention.State.init(rawValue:)),
            cursor.skip(",\"reason\":\""), let reason = string(&cursor), cursor.skip("}")
        else { return nil }
        return Mention(
            entity: entity, alias: alias, field: field, start: start, end: end, text: text, tier: tier,
            suffix: suffix,
            state: state, reason: reason)
    }

    /// Whether the line is JSON in UTF-8 with a class and a severity of ours and mentions in our writer's form, so that
    /// `hit` cannot be nil but for an escape that is none. Makes no strings.
    func isSound(_ line: Bytes) -> Bool {
        guard OurWords.classes.holds(line, sourceClass), OurWords.severities.holds(line, severity),
            published.isEmpty || isInstant(line, published)
        else { return false }
        var cursor = LineCursor(Bytes(rebasing: line[mentions]))
        guard cursor.skip("[") else { return false }
        if !cursor.skip("]") {
            repeat { guard Self.passMention(&cursor) else { return false } } while cursor.skip(",")
            guard cursor.skip("]") else { return false }
        }
        return cursor.at == cursor.bytes.count
    }

    private func isInstant(_ line: Bytes, _ range: Range<Int>) -> Bool {
        var cursor = LineCursor(Bytes(rebasing: line[range]))
        if cursor.instant() != nil, cursor.at == range.count { return true }
        return Instant(rfc3339: String(decoding: line[range], as: UTF8.self)) != nil
    }

    private static func pass(_ cursor: inout LineCursor, oneOf words: OurWords) -> Bool {
        guard let range = cursor.string() else { return false }
        return words.holds(cursor.bytes, range)
    }

    private static func passMention(_ cursor: inout LineCursor) -> Bool {
        cursor.skip("{\"entity\":\"") && cursor.string() != nil && cursor.skip(",\"alias\":\"")
            && cursor.string() != nil && cursor.skip(",\"field\":\"") && pass(&cursor, oneOf: .fields)
            && cursor.skip(",\"start\":") && cursor.number() != nil && cursor.skip(",\"end\":")
            && cursor.number() != nil && cursor.skip(",\"text\":\"") && cursor.string() != nil
            && cursor.skip(",\"tier\":") && cursor.number() != nil && cursor.skip(",\"suffix\":\"")
            && cursor.string() != nil && cursor.skip(",\"state\":\"") && pass(&cursor, oneOf: .states)
            && cursor.skip(",\"reason\":\"") && cursor.string() != nil && cursor.skip("}")
    }

    private static func string(_ cursor: inout LineCursor) -> String? {
        guard let range = cursor.string() else { return nil }
        return text(cursor.bytes, range)
    }

    /// Whether a string is one of `wanted`; nil where it is none that JSON has. Makes a string only of one with escapes, or
    /// beyond ASCII, where different bytes may be equal text.
    static func text(_ line: Bytes, _ range: Range<Int>, isOneOf wanted: [String]) -> Bool? {
        let raw = Bytes(rebasing: line[range])
        guard !raw.contains(where: { $0 == 0x5C || $0 < 0x20 || $0 >= 0x80 }) else {
            return text(line, range).map(wanted.contains)
        }
        return wanted.contains { $0.utf8.elementsEqual(raw) }
    }

    /// Whether a list of strings holds one of `wanted`; nil where a string before that one is none that JSON has.
    static func strings(_ line: Bytes, _ range: Range<Int>, holdOneOf wanted: [String]) -> Bool? {
        var cursor = LineCursor(Bytes(rebasing: line[range]))
        guard cursor.skip("[") else { return nil }
        if cursor.skip("]") { return false }
        repeat {
            guard cursor.skip("\""), let range = cursor.string(),
                let isMet = text(cursor.bytes, range, isOneOf: wanted)
            else { return nil }
            if isMet { return true }
        } while cursor.skip(",")
        return false
    }

    /// The strings of a list.
    static func strings(_ line: Bytes, _ range: Range<Int>) -> [String]? {
        var cursor = LineCursor(Bytes(rebasing: line[range]))
        var list: [String] = []
        guard cursor.skip("[") else { return nil }
        if cursor.skip("]") { return [] }
        repeat {
            guard cursor.skip("\""), let text = string(&cursor) else { return nil }
            list.append(text)
        } while cursor.skip(",")
        return list
    }

    /// The text of a string; nil where it is no UTF-8, or holds an escape that JSON does not have.
    static func text(_ line: Bytes, _ range: Range<Int>) -> String? {
        let raw = Bytes(rebasing: line[range])
        guard raw.contains(where: { $0 == 0x5C || $0 < 0x20 }) else {
            return String(validating: raw, as: UTF8.self)
        }
        return unescaped(raw).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The bytes that a JSON string stands for; nil where an escape is none, or stands for half a character.
    static func unescaped(_ raw: Bytes) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var index = 0
        while index < raw.count {
            let byte = raw[index]
            guard byte >= 0x20 else { return nil }
            guard byte == 0x5C else {
                out.append(byte)
                index += 1
                continue
            }
            guard index + 1 < raw.count else { return nil }
            index += 2
            switch raw[index - 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(raw[index - 1])
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "u"):
                guard let scalar = escapedScalar(raw, &index) else { return nil }
                out.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        return out
    }

    /// The scalar of `\uXXXX`, or of two of them; `index` stands behind the `u`, and then behind the escape.
    private static func escapedScalar(_ raw: Bytes, _ index: inout Int) -> Unicode.Scalar? {
        guard let first = hex(raw, index) else { return nil }
        index += 4
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard index + 1 < raw.count, raw[index] == 0x5C, raw[index + 1] == UInt8(ascii: "u"),
            let second = hex(raw, index + 2), (0xDC00..<0xE000).contains(second)
        else { return nil }
        index += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func hex(_ raw: Bytes, _ start: Int) -> UInt32? {
        guard start + 4 <= raw.count else { return nil }
        var value: UInt32 = 0
        for byte in raw[start..<(start + 4)] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }
}
