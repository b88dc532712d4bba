// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore

extension FeedDetailPrinter {
    /// One object: the members of H4, then what only `show` tells; absent ones left out.
    func json(_ detail: FeedDetail) -> String {
        var json = JSONWriter()
        json.object { json in
            FeedRowPrinter.write(detail.row, &json)
            writeSettings(detail.row.feed, &json)
            writeState(detail, &json)
            json.member("polls", array: { json in detail.polls.forEach { Self.write($0, &json) } })
            json.member("events", array: { json in detail.events.forEach { FeedEventPrinter.write($0, &json) } })
        }
        return json.text
    }

    private func writeSettings(_ feed: Feed, _ json: inout JSONWriter) {
        json.member("listed_in", ifPresent: feed.location.map { "\($0)" })
        json.member("language", ifPresent: feed.language)
        json.member("country", ifPresent: feed.country)
        if !feed.classes.isEmpty { json.member("class", Self.classes(feed)) }
        if !feed.tags.isEmpty { json.member("tags", feed.tags) }
        if !feed.headers.isEmpty { json.member("headers", feed.headers.map(\.name)) }
        if feed.alertsRecent { json.member("alert_recent", true) }
        if !feed.isEnabled { json.member("enabled", false) }
    }

    private func writeState(_ detail: FeedDetail, _ json: inout JSONWriter) {
        let record = detail.row.record
        if let status = record.lastStatus { json.member("last_status", status) }
        json.member("last_start", record.lastStart)
        json.member("last_news", record.lastNews)
        if let interval = detail.row.feed.interval ?? record.interval {
            json.member("interval_seconds", interval.components.seconds)
        }
        json.member("held_until", detail.heldUntil(now: now))
        json.member("etag", ifPresent: record.validators?.etag.map { String(decoding: $0, as: UTF8.self) })
        json.member(
            "last_modified", ifPresent: record.validators?.lastModified.map { String(decoding: $0, as: UTF8.self) })
        if let known = detail.redirects {
            json.member("moved_to", ifPresent: known.confirmed.map(ShownAddress.text))
            json.member("redirects_to", ifPresent: known.candidate.map { ShownAddress.text($0.url) })
        }
        json.member("items", detail.items)
        json.member("sightings", detail.sightings)
    }

    private static func write(_ entry: PollLogEntry, _ json: inout JSONWriter) {
        json.object { json in
            json.member("at", entry.at)
            json.member("duration_ms", entry.duration.milliseconds)
            if let status = entry.status { json.member("status", status) }
            json.member("state", entry.state.rawValue)
            json.member("reason", ifPresent: entry.reason)
            json.member("items", entry.items)
            json.member("new_items", entry.newItems)
            json.member("bytes", entry.bytes)
        }
    }
}
