// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguStore

/// Prints one feed: a line for each thing that is known, then its polls and events; or one JSON object.
struct FeedDetailPrinter {
    let paint: Paint
    let clock: CivilClock
    let now: Instant

    /// For people.
    func text(_ detail: FeedDetail) -> String {
        var lines = (settings(detail) + state(detail)).map { name, value in
            name + String(repeating: " ", count: max(1, 14 - name.utf8.count)) + value
        }
        if !detail.polls.isEmpty {
            lines += ["", paint("last polls", .bold)] + detail.polls.map(poll)
        }
        if !detail.events.isEmpty {
            let printer = FeedEventPrinter(
                terminal: Terminal(isTerminal: false, usesColour: paint.isOn, columns: 80),
                clock: clock)
            lines += ["", paint("last events", .bold)] + detail.events.map(printer.short)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func settings(_ detail: FeedDetail) -> [(String, String)] {
        let feed = detail.row.feed
        var lines = [
            ("feed", paint(feed.id, .bold)), ("title", VisibleText.escaped(detail.row.title)),
            ("url", VisibleText.escaped(ShownAddress.text(feed.url))),
        ]
        func add(_ name: String, _ value: String) { if !value.isEmpty { lines.append((name, value)) } }
        add("listed in", feed.location.map { VisibleText.escaped("\($0)") } ?? "")
        add("language", feed.language)
        add("country", feed.country)
        add("class", Self.classes(feed).joined(separator: ", "))
        add("tags", VisibleText.escaped(feed.tags.joined(separator: ", ")))
        add("headers", feed.headers.map(\.name).joined(separator: ", "))
        add("alert recent", feed.alertsRecent ? "yes" : "")
        add("enabled", feed.isEnabled ? "" : "no")
        return lines
    }

    private func state(_ detail: FeedDetail) -> [(String, String)] {
        let record = detail.row.record
        var lines = [("state", stateText(record))]
        func add(_ name: String, _ value: String?) { if let value { lines.append((name, value)) } }
        add("last start", record.lastStart.map(time))
        add("last success", record.lastSuccess.map(time))
        add("last news", record.lastNews.map(time))
        add("failures", record.failures > 0 ? String(record.failures) : nil)
        add("interval", interval(detail))
        add("next poll", nextPoll(detail))
        add(
            "held until",
            detail.heldUntil(now: now).map { "\(time($0))\(detail.hold.map { " (\($0.reason))" } ?? "")" })
        if let validators = record.validators {
            add("etag", validators.etag.map { VisibleText.escaped(String(decoding: $0, as: UTF8.self)) })
            add(
                "last modified",
                validators.lastModified.map { VisibleText.escaped(String(decoding: $0, as: UTF8.self)) })
        }
        lines += redirects(detail)
        lines.append(("items", "\(detail.items) known, \(detail.sightings) seen in another feed before"))
        return lines
    }

    private func stateText(_ record: FeedRecord) -> String {
        let style: Paint.Style = record.state.isHealthy ? .green : record.state == .silent ? .yellow : .red
        let since = record.since.map { " since \(time($0))" } ?? ""
        let hasStatus = record.reason.hasPrefix("HTTP ")
        let status = hasStatus ? "" : record.lastStatus.map { ", HTTP \($0)" } ?? ""
        let reason = record.reason.isEmpty ? "" : " (\(VisibleText.escaped(record.reason)))"
        let pause = record.isPaused ? ", \(paint("paused", .yellow))" : ""
        return paint(record.state.rawValue, style) + since + status + reason + pause
    }

    private func interval(_ detail: FeedDetail) -> String? {
        if let fixed = detail.row.feed.interval { return "\(DurationText.format(fixed)), fixed by the list" }
        return detail.row.record.interval.map {
            "\(DurationText.format(.seconds($0.components.seconds))), adaptive"
        }
    }

    private func nextPoll(_ detail: FeedDetail) -> String? {
        let record = detail.row.record
        if record.isPaused { return "when it is resumed" }
        if record.state == .gone { return "none; kagu feeds resume polls it again" }
        return record.nextDue.map(time)
    }

    private func redirects(_ detail: FeedDetail) -> [(String, String)] {
        guard let known = detail.redirects else { return [] }
        var lines: [(String, String)] = []
        if let url = known.confirmed {
            let failing = known.failingSince.map { ", failing since \(time($0))" } ?? ""
            lines.append(("moved to", VisibleText.escaped(ShownAddress.text(url)) + failing))
        }
        if let candidate = known.candidate {
            lines.append(
                (
                    "redirects to",
                    "\(VisibleText.escaped(ShownAddress.text(candidate.url))), seen on \(candidate.polls) polls since "
                        + time(candidate.since)
                ))
        }
        return lines
    }

    private func poll(_ entry: PollLogEntry) -> String {
        var parts = [time(entry.at), paint(entry.state.rawValue, entry.state.isHealthy ? .green : .red)]
        if let status = entry.status, !entry.reason.hasPrefix("HTTP ") { parts.append("HTTP \(status)") }
        parts.append("\(entry.duration.milliseconds) ms")
        if entry.items > 0 { parts.append("\(entry.items) items, \(entry.newItems) new") }
        if entry.bytes > 0 { parts.append("\(entry.bytes) bytes") }
        if !entry.reason.isEmpty { parts.append("(\(VisibleText.escaped(entry.reason)))") }
        return parts.joined(separator: " ")
    }

    private func time(_ instant: Instant) -> String { clock.civil(at: instant).description }

    /// `independent until 2017, state from 2017-05-01` in short: each with the day from which it holds.
    static func classes(_ feed: Feed) -> [String] {
        feed.classes.map { $0.sourceClass.rawValue + ($0.from.map { " from \($0.day)" } ?? "") }
    }
}
