// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguModel
import Testing

@testable import kagu

@Suite("docs/hits.schema.json (O41)")
struct HitSchemaTests {
    private func schema() throws -> JSONSchema {
        let path = URL(filePath: #filePath).appending(path: "../../../../docs/hits.schema.json").standardized
        return JSONSchema(root: try JSONValue(Array(try Data(contentsOf: path))))
    }

    private func problems(_ line: [UInt8]) throws -> [String] { try schema().problems(try JSONValue(line)) }

    /// A hit with every member.
    private var whole: Hit {
        Hit(
            id: "h_4zt0c8e1v5000000", seen: .sample, published: .sample,
            feed: .init(id: "lagoon", title: "", sourceClass: .ngo, country: "NZ"), url: "https://lagoon.example/1",
            title: "", summary: String(repeating: "é", count: 1000), lang: "und", watches: ["big"],
            entities: ["org.big"], topics: [TopicScore(id: "topic.influence", score: -120)], severity: .critical,
            score: -1, story: "s_4zt0c8e1v5000", revision: 2, baseline: true,
            mentions: Hit.sample().mentions)
    }

    @Test("lines of our writer are valid, with every member and with none that may be absent")
    func valid() throws {
        #expect(try problems(whole.line) == [])
        var least = whole
        (least.published, least.feed.country, least.url, least.summary) = (nil, nil, "", "")
        (least.entities, least.topics, least.mentions) = ([], [], [])
        #expect(try problems(least.line) == [])
        for severity in Severity.allCases {
            for sourceClass in SourceClass.allCases {
                least.severity = severity
                least.feed.sourceClass = sourceClass
                #expect(try problems(least.line) == [])
            }
        }
    }

    @Test("every member of the line is described")
    func complete() throws {
        let schema = try schema().root
        let line = try JSONValue(whole.line)
        #expect(line.object?.keys.sorted() == schema["properties"].object?.keys.sorted())
        #expect(
            line["feed"].object?.keys.sorted() == schema["properties"]["feed"]["properties"].object?.keys.sorted())
        let mention = try #require(line["mentions"].array?.first)
        #expect(mention.object?.keys.sorted() == schema["$defs"]["mention"]["properties"].object?.keys.sorted())
    }

    @Test(
        "what is no hit of version 1 is not valid",
        arguments: [
            ("\"v\":1", "\"v\":2"), ("\"v\":1,", ""), ("h_4zt0c8e1v5000000", "h_4"), (".811Z", "Z"),
            ("\"critical\"", "\"fatal\""), ("\"revision\":2", "\"revision\":-1"),
            ("\"baseline\":true", "\"baseline\":1"),
            ("\"watches\":[\"big\"]", "\"watches\":[]"), ("\"ngo\"", "\"lobby\""),
            ("\"score\":-120", "\"score\":\"1\""),
            ("\"state\":\"accepted\"", "\"state\":\"rejected\""), ("\"story\":\"s_", "\"story\":\"h_"),
        ])
    func invalid(text: String, change: String) throws {
        var hit = whole
        hit.seen = Instant(milliseconds: Instant.sample.milliseconds + 811 - Instant.sample.milliseconds % 1000)
        let line = String(decoding: hit.line, as: UTF8.self)
        let changed = line.replacingOccurrences(of: text, with: change)
        #expect(changed != line)
        #expect(try problems(Array(changed.utf8)) != [])
    }
}

/// A JSON value.
enum JSONValue: Decodable, Hashable, Sendable {
    case null, bool(Bool), integer(Int), number(Double), string(String), array([JSONValue]), object(
        [String: JSONValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var array: [JSONValue]? { if case .array(let list) = self { list } else { nil } }
    var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }

    subscript(name: String) -> JSONValue { object?[name] ?? .null }

    /// The name of its type in a schema.
    var type: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}

/// The keywords of JSON Schema 2020-12 that docs/hits.schema.json uses.
struct JSONSchema: Sendable {
    let root: JSONValue

    func problems(_ value: JSONValue) -> [String] { problems(value, root, "$") }

    private func problems(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        (schema.object ?? [:]).flatMap { keyword, rule in
            check(keyword, rule, value, place).map { "\(place): \(keyword)\($0)" }
        }
    }

    private func check(_ keyword: String, _ rule: JSONValue, _ value: JSONValue, _ place: String) -> [String] {
        func holds(_ condition: Bool) -> [String] { condition ? [] : [""] }
        switch keyword {
        case "$schema", "$id", "$defs", "title", "description": return []
        case "$ref":
            return problems(
                value, root["$defs"][rule.string?.split(separator: "/").last.map(String.init) ?? ""], place)
        case "type": return holds(.string(value.type) == rule)
        case "const": return holds(rule == value)
        case "enum": return holds(rule.array?.contains(value) ?? false)
        case "required":
            guard let object = value.object else { return [] }
            return (rule.array ?? []).compactMap(\.string).filter { object[$0] == nil }.map { " \($0)" }
        case "properties":
            guard let object = value.object, let schemas = rule.object else { return [] }
            return schemas.flatMap { name, schema in
                object[name].map { problems($0, schema, "\(place).\(name)") } ?? []
            }
        case "items": return (value.array ?? []).flatMap { problems($0, rule, "\(place)[]") }
        default: return checkLimits(keyword, rule, value)
        }
    }

    private func checkLimits(_ keyword: String, _ rule: JSONValue, _ value: JSONValue) -> [String] {
        func holds(_ condition: Bool) -> [String] { condition ? [] : [""] }
        let limit = rule.integer ?? 0
        switch keyword {
        case "pattern":
            guard let text = value.string, let pattern = rule.string else { return [] }
            return holds(text.range(of: pattern, options: .regularExpression) != nil)
        case "minLength": return holds(value.string.map { $0.unicodeScalars.count >= limit } ?? true)
        case "maxLength": return holds(value.string.map { $0.unicodeScalars.count <= limit } ?? true)
        case "minItems": return holds(value.array.map { $0.count >= limit } ?? true)
        case "uniqueItems": return holds(value.array.map { Set($0).count == $0.count } ?? true)
        case "minimum": return holds(value.integer.map { $0 >= limit } ?? true)
        case "maximum": return holds(value.integer.map { $0 <= limit } ?? true)
        default: return [" is not known to this test"]
        }
    }
}
