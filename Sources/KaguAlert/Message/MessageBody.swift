// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Renders the envelope of a webhook message (W2) with its keys in order, within the limit of W15.
///
/// The envelope is `{"type","timestamp","data"}`; `data` begins with `alert`, `receiver`, `route`, `reason`.
/// What does not fit is left out whole, hits of a story or stories of a digest, and counted in `more`; a single
/// record that is too large by itself is shortened.
public struct MessageBody: Hashable, Sendable {
    /// The longest body, in bytes (W15).
    public static let maximumBytes = 20_000
    /// Full records of each story of a digest at most (W2).
    public static let recordsPerStory = 3

    /// The alert's id.
    public var alert: AlertID
    /// The receiver's name.
    public var receiver: String
    /// The route's name, else its path; empty for a test.
    public var route: String
    /// When the alert is bound.
    public var boundAt: Instant

    /// The head of a message.
    public init(alert: AlertID, receiver: String, route: String, boundAt: Instant) {
        self.alert = alert
        self.receiver = receiver
        self.route = route
        self.boundAt = boundAt
    }

    /// The head of a message that is about to be frozen.
    init(_ message: AlertMessage) {
        self.init(
            alert: message.id, receiver: message.receiver, route: message.route, boundAt: message.boundAt)
    }

    /// The envelope of any content.
    func render(_ content: AlertContent, reason: Alert.Reason) -> [UInt8] {
        switch content {
        case .hit(let hit, let group): self.hit(hit, group: group, reason: reason)
        case .story(let telling):
            story(
                telling.story, newHits: telling.newHits, group: telling.group, reason: reason,
                update: telling.update, first: telling.first)
        case .digest(let content):
            digest(content.hits, reason: reason, period: content.period, originals: content.originals)
        case .notice(let notice): self.notice(notice)
        case .test(let note): test(note: note)
        }
    }

    /// `kagu.hit`: one hit. Its timestamp is the hit's `seen`.
    public func hit(_ hit: Hit, group: AlertGroup, reason: Alert.Reason) -> [UInt8] {
        smallest { detail in
            envelope(.hit, at: hit.seen, reason: reason) { json in
                write(group, to: &json)
                json.key("hit")
                HitRecord(hit, detail: detail).write(to: &json)
            }
        }
    }

    /// `kagu.story`: a story with its hits that are new since the last telling, oldest first. `update` is 0 for
    /// the first telling, `first` the id of that.
    public func story(
        _ story: StorySummary, newHits: [Hit], group: AlertGroup, reason: Alert.Reason, update: Int, first: AlertID
    ) -> [UInt8] {
        longest(of: newHits.count) { count, detail in
            envelope(.story, at: boundAt, reason: reason) { json in
                write(group, to: &json)
                json.member("update", update)
                json.member("first", first.description)
                json.key("story")
                story.write(to: &json, detail: detail)
                write(newHits.prefix(count), to: &json, detail: detail)
                json.member("more", newHits.count - count)
            }
        }
    }

    /// `kagu.digest`: several stories, oldest first, with true totals over all of `hits` (at least one, oldest
    /// first). `period`: the time that it covers; unless given, from the first hit to the last. `originals`: the
    /// alerts that it copies (D12).
    public func digest(
        _ hits: [Hit], reason: Alert.Reason, period: ClosedRange<Instant>? = nil, originals: [AlertID] = []
    ) -> [UInt8] {
        precondition(!hits.isEmpty, "an empty digest is not sent (R10)")
        let stories = StorySummary.stories(of: hits)
        let range = period ?? hits[0].seen...max(hits[0].seen, hits[hits.count - 1].seen)
        return longest(of: stories.count) { count, detail in
            envelope(.digest, at: boundAt, reason: reason) { json in
                json.member(
                    "digest",
                    object: { json in
                        json.member("from", range.lowerBound)
                        json.member("to", range.upperBound)
                        json.member("hits", hits.count)
                        json.member("stories", stories.count)
                        json.member("outlets", Set(hits.map(\.feed.id)).count)
                    })
                json.member(
                    "stories",
                    array: { json in
                        for story in stories.prefix(count) { write(story, to: &json, detail: detail) }
                    })
                json.member("more", stories.count - count)
                if !originals.isEmpty { json.member("originals", originals.map(\.description)) }
            }
        }
    }

    /// `kagu.feed`: health of a feed, a receiver or a part of kagu (R15).
    public func notice(_ notice: HealthNotice) -> [UInt8] {
        func cut(_ text: String) -> String { PlainText.cut(PlainText.line(text), toScalars: 1000) }
        return envelope(.feed, at: boundAt, reason: .health) { json in
            json.member(
                "subject",
                object: { json in
                    json.member("kind", notice.subject.kind.rawValue)
                    json.member("id", notice.subject.id)
                    json.member("title", cut(notice.subject.title))
                })
            json.member("state", notice.state)
            json.member("previous", notice.previous)
            json.member("since", notice.since)
            json.member("error", ifPresent: notice.error.map(cut))
            json.member("advice", ifPresent: cut(notice.advice))
        }
    }

    /// `kagu.test`: a fixed sentence.
    public func test(note: String) -> [UInt8] {
        envelope(.test, at: boundAt, reason: .test) { json in
            json.member("note", PlainText.cut(PlainText.line(note), toScalars: 1000))
        }
    }

    // MARK: Parts

    private func envelope(
        _ kind: Alert.Kind, at timestamp: Instant, reason: Alert.Reason, data: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 2048)
        json.object { json in
            json.member("type", kind.rawValue)
            json.member("timestamp", timestamp)
            json.member(
                "data",
                object: { json in
                    json.member("alert", alert.description)
                    json.member("receiver", receiver)
                    json.member("route", route)
                    json.member("reason", reason.rawValue)
                    data(&json)
                })
        }
        return json.bytes
    }

    private func write(_ group: AlertGroup, to json: inout JSONWriter) {
        json.member(
            "group",
            object: { json in
                for label in group.labels { json.member(label.label.rawValue, label.value) }
            })
    }

    private func write(_ story: [Hit], to json: inout JSONWriter, detail: HitRecord.Detail) {
        json.object { json in
            json.key("story")
            StorySummary(story).write(to: &json, detail: detail)
            write(story.prefix(Self.recordsPerStory), to: &json, detail: detail)
        }
    }

    private func write(_ hits: ArraySlice<Hit>, to json: inout JSONWriter, detail: HitRecord.Detail) {
        json.member(
            "hits",
            array: { json in
                for hit in hits { HitRecord(hit, detail: detail).write(to: &json) }
            })
    }

    // MARK: Limit

    /// The first body within the limit, from full detail down; the last one if none is.
    private func smallest(_ render: (HitRecord.Detail) -> [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        for detail in HitRecord.Detail.allCases {
            body = render(detail)
            if body.count <= Self.maximumBytes { break }
        }
        return body
    }

    /// The body with the most of `count` parts within the limit; detail is given up only for the first part.
    private func longest(of count: Int, _ render: (Int, HitRecord.Detail) -> [UInt8]) -> [UInt8] {
        // More parts make a longer body, so the greatest number that fits is found by halving. A part takes
        // over 50 bytes, so no more than 400 can fit.
        var best = render(min(1, count), .full)
        guard best.count <= Self.maximumBytes else { return smallest { render(min(1, count), $0) } }
        var fitting = min(1, count)
        var excess = min(count, Self.maximumBytes / 50) + 1
        while excess - fitting > 1 {
            let middle = (fitting + excess) / 2
            let body = render(middle, .full)
            if body.count <= Self.maximumBytes {
                (fitting, best) = (middle, body)
            } else {
                excess = middle
            }
        }
        return best
    }
}
