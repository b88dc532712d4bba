// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

private let place = SourceLocation(file: "fuzz", line: 1, column: 1)

private func alias(
    _ text: String, _ language: AliasLanguage, _ letterCase: CaseRule = .fold, surname: [String]? = nil
) -> Alias {
    Alias(text, language: language, letterCase: letterCase, surname: surname, location: place)
}

private let entities = [
    Entity(
        id: "place.baku", kind: .place, name: "Baku",
        aliases: [
            alias("Baku", .en, .initial), alias("Bakı", .az), alias("Баку", .ru), alias("New Caledonia", .en),
            alias("Groupe d'initiative", .fr), alias("新喀里", .zh), alias("서울시", .any), alias("Straße", .de),
        ],
        blocks: Blocks(left: ["Old"], right: ["Tech"], near: ["said"]),
        exceptions: [ExceptedName("Baku Group", language: .en, location: place)], location: place),
    Entity(
        id: "person.aliyev", kind: .person, name: "Aliyev",
        aliases: [
            alias("Ilham Aliyev", .tr), alias("Əliyev", .az, .initial, surname: ["İlham"]), alias("Алиев", .ru),
        ],
        bearers: ["Heydar"], location: place),
]
private let topic = Topic(
    id: "topic.unrest", name: "Unrest", terms: [TopicTerm("riot*", language: .en, location: place)],
    location: place)
private let watch = Watch(
    id: "w", title: "w", when: ExpressionSource("@place.baku NEAR/9 @person.aliyev OR \"a b\"", at: place),
    location: place)
private let matcher = Result { try Matcher(Watchlist(entities: entities, topics: [topic], watches: [watch])) }

/// Any text: spans lie on scalars and spell their text, the same twice, and explaining adds only what was rejected
/// (M7, M37, M65).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard case .success(let matcher) = matcher else { preconditionFailure("the watchlist does not compile") }
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    let document = Document(title: text, content: text, url: text)
    let explained = matcher.match(document, explaining: true)
    let bytes = Array(text.utf8)
    for mention in explained.mentions {
        precondition(0 <= mention.start && mention.start < mention.end && mention.end <= bytes.count)
        let span = bytes[mention.start..<mention.end]
        precondition(span.elementsEqual(mention.text.utf8))
        precondition(String(validating: span, as: UTF8.self) != nil, "a span inside a scalar")
        precondition(mention.text.utf8.reversed().starts(with: mention.suffix.utf8.reversed()))
    }
    precondition(matcher.match(document, explaining: true) == explained)
    let plain = matcher.match(document)
    precondition(plain.mentions == explained.mentions.filter { $0.state != .rejected })
    precondition(plain.entities == explained.entities && plain.topics == explained.topics)
    precondition(plain.watches == explained.watches)
    return 0
}
