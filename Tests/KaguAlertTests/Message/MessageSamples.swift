// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguAlert
import KaguModel
import KaguTestSupport

/// The hit and the head that the message tests share: W2's example.
enum Sample {
    static let boundAt = Instant(milliseconds: 1_795_338_843_000)
    static let seen = Instant(milliseconds: 1_795_338_811_482)
    static let id = AlertID(at: boundAt, randomness: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

    static let hit = Hit.make(
        id: "h_4zt0c8e1v5", seen: seen, published: Instant(milliseconds: 1_795_338_120_000),
        feed: .init(id: "lemonde-une", title: "Le Monde", sourceClass: .independent, country: "FR"),
        url: "https://www.lemonde.fr/article", title: "Le Groupe d'initiative de Bakou", summary: "Résumé",
        lang: "fr", watches: ["big"], entities: ["org.big", "place.baku"],
        topics: [TopicScore(id: "topic.influence", score: 120)], severity: .medium, score: 140,
        story: "s_7f3k2m9q",
        mentions: [
            .make(
                entity: "org.big", alias: "Groupe d'initiative de Bakou", start: 3,
                text: "Groupe d'initiative de Bakou"),
            .make(entity: "place.baku", alias: "Bakou", start: 26, text: "Bakou", state: .candidate),
        ])

    static func hit(_ number: Int, story: String? = nil, feed: String? = nil, title: String = "Title") -> Hit {
        .make(
            id: "h_\(number)", seen: seen + .seconds(number),
            feed: .init(id: feed ?? "feed-\(number)", title: "Feed", sourceClass: .state, country: "TR"),
            title: title, story: story ?? "s_\(number)")
    }

    static func body(receiver: String = "desk", route: String = "route") -> MessageBody {
        MessageBody(alert: id, receiver: receiver, route: route, boundAt: boundAt)
    }

    /// The `data` of a body, which must be JSON.
    static func data(of body: [UInt8]) throws -> [String: Any] {
        let envelope = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return envelope?["data"] as? [String: Any] ?? [:]
    }
}
