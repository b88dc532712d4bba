// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// One line of an example file: a text with what must and must not be found in it (M60).
struct WatchExample: Decodable, Hashable {
    /// An expression and its truth (`near`).
    struct Check: Decodable, Hashable {
        /// The expression.
        var when: String
        /// Whether it holds.
        var result: Bool
    }

    /// The reader's own id.
    var id: String
    /// `match` and `near` are run; others belong to other tests.
    var kind: String
    /// The text's language, for the reader and for the count by language; not passed to the matcher.
    var lang: String?
    /// Taken as content.
    var text: String
    /// Taken as title.
    var title: String?
    /// The feed's id, host or address.
    var feed: String?
    /// Ids that must be found: entities, groups, topics, watches.
    var must: [String]?
    /// Ids that must not be found.
    var not: [String]?
    /// Of `near`.
    var checks: [Check]?
    /// What the example is about.
    var why: String?

    /// The kinds that `kagu watches test` runs.
    static let kinds: Set<String> = ["match", "near"]

    /// The item as `kagu match` would read it.
    var input: MatchInput { MatchInput(id: id, title: title, content: text, feed: feed) }
}

/// Where an example is written.
struct ExamplePlace: Hashable, CustomStringConvertible {
    /// The file as given.
    var file: String
    /// From 1.
    var line: Int

    /// `FILE:LINE`.
    var description: String { "\(file):\(line)" }
}

/// The examples of one or more files, and the lines that are none.
struct ExampleSet {
    /// Those that are run.
    private(set) var examples: [(place: ExamplePlace, example: WatchExample)] = []
    /// How many there are of each other kind.
    private(set) var otherKinds: [String: Int] = [:]
    /// `FILE:LINE: why, and what to do`.
    private(set) var mistakes: [String] = []

    /// Reads the lines of a file; throws when it cannot be read at all.
    mutating func read(_ path: String) throws {
        var lines = try LineStream(path)
        var number = 0
        while let line = try lines.next() {
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { continue }
            add(line, at: ExamplePlace(file: path, line: number))
        }
    }

    /// Takes one line.
    mutating func add(_ line: [UInt8], at place: ExamplePlace) {
        let data = Data(String(decoding: line, as: UTF8.self).utf8)
        do {
            let kind = try JSONDecoder().decode(Kind.self, from: data).kind
            guard WatchExample.kinds.contains(kind) else {
                otherKinds[kind, default: 0] += 1
                return
            }
            let example = try JSONDecoder().decode(WatchExample.self, from: data)
            if let reason = Self.emptiness(example) {
                mistakes.append("\(place): \(example.id): \(reason)")
            } else {
                examples.append((place, example))
            }
        } catch {
            mistakes.append("\(place): \(Self.reason(error))")
        }
    }

    /// An example that asks nothing would pass whatever is found.
    private static func emptiness(_ example: WatchExample) -> String? {
        switch example.kind {
        case "near": (example.checks ?? []).isEmpty ? "checks nothing; give checks: [{when, result}]" : nil
        default:
            example.must == nil && example.not == nil ? "asks nothing; give must or not" : nil
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "no \"\(key.stringValue)\"; an example needs id, kind and text"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.isEmpty
                ? "not a JSON object; write one object a line"
                : "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of the wrong type"
        case .dataCorrupted, nil: "not valid JSON; write one object a line"
        @unknown default: "not valid JSON; write one object a line"
        }
    }

    private struct Kind: Decodable {
        var kind: String
    }
}
