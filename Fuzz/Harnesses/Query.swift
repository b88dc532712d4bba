// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

private let place = SourceLocation(file: "fuzz", line: 1, column: 1)
private let entities = [
    Entity(
        id: "place.baku", kind: .place, name: "Baku", aliases: [Alias("Baku", language: .en, location: place)],
        location: place),
    Entity(
        id: "org.union", kind: .organisation, name: "Union",
        aliases: [Alias("Harbour Union", language: .en, location: place)], location: place),
]
private let group = EntityGroup(id: "group.all", members: [Reference("place.baku", at: place)], location: place)
private let topic = Topic(
    id: "topic.unrest", name: "Unrest", terms: [TopicTerm("curfew", language: .en, location: place)],
    location: place)
private let document = Document(
    title: "Baku", summary: "A curfew, said the Harbour Union.", content: "Baku said: curfew in the harbour.",
    url: "https://a.example/baku", authors: ["Harbour Union"], sourceClass: .independent, country: "FR")

/// Any text as a watch's expression: it compiles and is judged, or is refused with messages (M41, M56).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let watch = Watch(id: "w", title: "w", when: ExpressionSource(text, at: place), location: place)
    let list = Watchlist(entities: entities, groups: [group], topics: [topic], watches: [watch])
    do {
        let matcher = try Matcher(list)
        let explained = matcher.match(document, explaining: true)
        precondition(explained.watches == matcher.match(document).watches)
        precondition(explained.watchExplanations.count == 1)
    } catch {
        precondition(!error.problems.isEmpty && error.problems.allSatisfy { !$0.message.isEmpty })
        for problem in error.problems { check(problem.description) }
    }
    return 0
}
