// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// The envelope of W2 as a reader sees it: whatever is absent stays absent, unknown members are ignored.
struct AlertEnvelope: Decodable, Hashable {
    /// `kagu.hit`, `kagu.story`, `kagu.digest`, `kagu.feed`, `kagu.test`.
    var type: String
    /// What it says.
    var data: Content

    /// Reads a body; nil where it is no envelope, as with a template of the operator's own.
    init?(body: [UInt8]) {
        guard let envelope = try? JSONDecoder().decode(AlertEnvelope.self, from: Data(body)) else { return nil }
        self = envelope
    }

    /// `data` of all types.
    struct Content: Decodable, Hashable {
        var alert: String?
        var reason: String?
        var hit: HitRecord?
        var story: Story?
        var hits: [HitRecord]?
        var update: Int?
        var more: Int?
        var digest: Digest?
        var stories: [StoryEntry]?
        var subject: Subject?
        var state: String?
        var previous: String?
        var error: String?
        var advice: String?
        var note: String?
    }

    /// A hit as messages carry it.
    struct HitRecord: Decodable, Hashable {
        var title: String?
        var url: String?
        var lang: String?
        var severity: String?
        var watches: [String]?
        var feed: FeedRecord?
        var mentions: [Name]?
    }

    /// The feed of a hit.
    struct FeedRecord: Decodable, Hashable {
        var id: String?
        var title: String?
        var sourceClass: String?
        var country: String?

        enum CodingKeys: String, CodingKey {
            case id, title
            case sourceClass = "class"
            case country
        }
    }

    /// A matched name.
    struct Name: Decodable, Hashable {
        var entity: String?
        var text: String
        var field: Mention.Field?
        var start: Int?
        var end: Int?
    }

    /// A story's summary.
    struct Story: Decodable, Hashable {
        var title: String?
        var url: String?
        var hits: Int?
        var outlets: Int?
        var severity: String?
        var watches: [String]?
    }

    /// A story in a digest.
    struct StoryEntry: Decodable, Hashable {
        var story: Story?
        var hits: [HitRecord]?
    }

    /// A digest's totals.
    struct Digest: Decodable, Hashable {
        var hits: Int?
        var stories: Int?
        var outlets: Int?
    }

    /// What a notice is about.
    struct Subject: Decodable, Hashable {
        var kind: String?
        var id: String?
        var title: String?
    }
}
