// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// What `kagu status` says of a snapshot.
struct StatusReport {
    /// How it is doing.
    enum Health: String, Hashable {
        /// It runs and nothing is wrong.
        case healthy
        /// It runs, but a receiver is not ok, an alert is parked or overdue, or a quarter of the feeds fails.
        case degraded
        /// No daemon holds the lock.
        case stopped = "not running"
    }

    /// An alert this long overdue is trouble (O16).
    static let objective = Duration.seconds(600)

    let snapshot: StateSnapshot
    let now: Instant

    /// How it is doing.
    var health: Health { !snapshot.isRunning ? .stopped : problems.isEmpty ? .healthy : .degraded }

    /// What is wrong, in words.
    var problems: [String] {
        var problems: [String] = []
        for receiver in snapshot.receivers {
            let (state, error) = (receiver.health.state, receiver.health.error)
            problems.append("receiver \(receiver.name) is \(state)\(error.isEmpty ? "" : ": \(error)")")
        }
        if let parked = snapshot.alerts[.parked], parked > 0 { problems.append("\(parked) alerts parked") }
        if let due = snapshot.oldestDue, now - due > Self.objective {
            problems.append("an alert is overdue for \((now - due).components.seconds / 60) minutes")
        }
        if let refusal = snapshot.daemon?.reloadRefusal { problems.append(refusal) }
        if snapshot.daemon?.polls.isOffline ?? false { problems.append("offline: nobody can be reached") }
        let failing = failingFeeds
        if failing * 4 >= feedCount, failing > 0 { problems.append("\(failing) of \(feedCount) feeds fail") }
        return problems
    }

    /// Feeds whose last poll was not accepted.
    var failingFeeds: Int { snapshot.feeds.filter { !$0.key.isHealthy && $0.key != .silent }.values.reduce(0, +) }

    /// All feeds.
    var feedCount: Int { snapshot.feeds.values.reduce(0, +) }

    /// One object; absent values left out.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("health", health.rawValue)
            json.member("running", snapshot.isRunning)
            if let pid = snapshot.pid { json.member("pid", pid) }
            json.member("state_dir", snapshot.directory)
            if let daemon = snapshot.daemon { write(daemon, &json) }
            json.member("problems", problems)
            json.member(
                "feeds",
                object: { json in
                    for state in FeedState.allCases { json.member(state.rawValue, snapshot.feeds[state] ?? 0) }
                })
            json.member("paused", snapshot.paused)
            json.member("deliveries", object: { json in json.member("waiting", snapshot.waiting) })
            json.member(
                "alerts",
                object: { json in
                    for (name, state) in Self.alertStates { json.member(name, snapshot.alerts[state] ?? 0) }
                })
            json.member(
                "receivers",
                array: { json in
                    for receiver in snapshot.receivers {
                        json.object { json in
                            json.member("name", receiver.name)
                            json.member("state", receiver.health.state.rawValue)
                            json.member("since", receiver.health.since)
                            json.member("error", ifPresent: receiver.health.error)
                        }
                    }
                })
            json.member("hits", snapshot.hits)
            json.member("last_hit", snapshot.lastHit)
            if let free = snapshot.freeBytes { json.member("free_bytes", free) }
            json.member("events", array: { json in snapshot.events.forEach { FeedEventPrinter.write($0, &json) } })
        }
        return json.text
    }

    /// What only the daemon tells.
    private func write(_ daemon: DaemonStatus.Answer, _ json: inout JSONWriter) {
        json.member("version", daemon.version)
        json.member("config", ifPresent: daemon.configuration)
        json.member("started", daemon.started)
        json.member("loaded", daemon.loaded)
        json.member("reload_refusal", ifPresent: daemon.reloadRefusal)
        json.member("watches", daemon.watches)
        json.member("hits_since_start", daemon.hits)
        json.member(
            "polls",
            object: { json in
                json.member("offline", daemon.polls.isOffline)
                json.member("in_flight", daemon.polls.inFlight)
                json.member("waiting_hops", daemon.polls.waitingHops)
                json.member("due", daemon.polls.due)
                json.member("waiting", daemon.polls.waiting)
                json.member("accepted", daemon.polls.accepted)
                json.member("unchanged", daemon.polls.unchanged)
                json.member("failed", daemon.polls.failed)
            })
    }

    /// A few lines, problems first.
    func text(_ paint: Paint, _ clock: CivilClock) -> String {
        let daemon = snapshot.isRunning ? "running\(snapshot.pid.map { ", process \($0)" } ?? "")" : "not running"
        let style: Paint.Style = health == .healthy ? .green : health == .degraded ? .yellow : .red
        var lines = ["daemon   \(paint(daemon, style)), state in \(VisibleText.escaped(snapshot.directory))"]
        if let silence = snapshot.silence { lines.append("asked    \(VisibleText.escaped(silence))") }
        if let daemon = snapshot.daemon { lines += self.lines(of: daemon, clock) }
        lines += problems.map { "problem  \(paint(VisibleText.escaped($0), .yellow))" }
        let states = FeedState.allCases.compactMap { state in
            snapshot.feeds[state].map { "\($0) \(state.rawValue)" }
        }
        let paused = snapshot.paused > 0 ? "; \(snapshot.paused) paused" : ""
        lines.append("feeds    \(feedCount)\(states.isEmpty ? "" : ": \(states.joined(separator: ", "))")\(paused)")
        let alerts = Self.alertStates.map { "\(snapshot.alerts[$0.1] ?? 0) \($0.0)" }.joined(separator: ", ")
        lines.append("alerts   \(alerts); \(snapshot.waiting) hits waiting for a message")
        let last = snapshot.lastHit.map { ", the last at \(clock.civil(at: $0).description)" } ?? ""
        lines.append("hits     \(snapshot.hits)\(last)")
        if let free = snapshot.freeBytes { lines.append("storage  \(free >> 20) MiB free") }
        let printer = FeedEventPrinter(
            terminal: Terminal(isTerminal: false, usesColour: paint.isOn, columns: 80), clock: clock
        )
        lines += snapshot.events.reversed().map { "event    \(printer.short($0))" }
        return lines.map { $0 + "\n" }.joined()
    }

    private func lines(of daemon: DaemonStatus.Answer, _ clock: CivilClock) -> [String] {
        let polls = daemon.polls
        return [
            "since    \(clock.civil(at: daemon.started).description), version \(daemon.version)",
            "config   \(VisibleText.escaped(daemon.configuration ?? "no file")), loaded at "
                + "\(clock.civil(at: daemon.loaded).description), \(Plural.text(daemon.watches, "watch", plural: "watches"))",
            "polls    \(polls.inFlight) in flight, \(polls.due) due, \(polls.waiting) planned; since the start "
                + "\(polls.accepted) with a document, \(polls.unchanged) unchanged, \(polls.failed) failed",
        ]
    }

    private static let alertStates: [(String, AlertState)] = [
        ("pending", .pending), ("parked", .parked), ("delivered", .delivered), ("dropped", .dropped),
    ]
}
