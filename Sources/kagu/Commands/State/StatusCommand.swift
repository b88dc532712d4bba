// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguConfig
import KaguModel
import KaguStore

/// `kagu status`: the daemon's health from its files (O24).
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether the daemon runs and how it is doing.",
        discussion: "Exit status: 0 healthy, 1 degraded, 2 not running.")

    @OptionGroup var common: CommonOptions

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = OutputFormat.short

    func validate() throws {
        if output != .short && output != .json {
            throw ValidationError("-o \(output.rawValue): status prints short or json")
        }
    }

    func run() throws {
        let wiring = Wiring.ofProcess()
        var configured: [Feed]?
        if common.config != nil || access(Wiring.defaultConfiguration, R_OK) == 0 {
            configured = try wiring.configuration(common).feeds
        }
        let snapshot = try StateSnapshot.take(try wiring.stateDirectory(common), configured: configured)
        let report = StatusReport(snapshot: snapshot, now: WallClock.now())
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        switch output {
        case .json: try StandardOutput.write(report.json + "\n")
        case .short, .table, .jsonl, .csv: try StandardOutput.write(report.text(paint, utc ? .utc : .local))
        }
        switch report.health {
        case .healthy: break
        case .degraded: throw ExitStatus.negative
        case .stopped: throw ExitStatus.error
        }
    }
}

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
            let error = receiver.error.isEmpty ? "" : ": \(receiver.error)"
            problems.append("receiver \(receiver.name) is \(receiver.state)\(error)")
        }
        if let parked = snapshot.alerts[.parked], parked > 0 { problems.append("\(parked) alerts parked") }
        if let due = snapshot.oldestDue, now - due > Self.objective {
            problems.append("an alert is overdue for \((now - due).components.seconds / 60) minutes")
        }
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
            json.member("problems", problems)
            json.member(
                "feeds",
                object: { json in
                    for state in FeedState.allCases { json.member(state.rawValue, snapshot.feeds[state] ?? 0) }
                })
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
                            json.member("state", receiver.state)
                            json.member("since", receiver.since)
                            json.member("error", ifPresent: receiver.error)
                        }
                    }
                })
            json.member("hits", snapshot.hits)
            json.member("last_hit", snapshot.lastHit)
            if let free = snapshot.freeBytes { json.member("free_bytes", free) }
        }
        return json.text
    }

    /// A few lines, problems first.
    func text(_ paint: Paint, _ clock: CivilClock) -> String {
        let daemon = snapshot.isRunning ? "running\(snapshot.pid.map { ", process \($0)" } ?? "")" : "not running"
        let style: Paint.Style = health == .healthy ? .green : health == .degraded ? .yellow : .red
        var lines = ["daemon   \(paint(daemon, style)), state in \(VisibleText.escaped(snapshot.directory))"]
        lines += problems.map { "problem  \(paint(VisibleText.escaped($0), .yellow))" }
        let states = FeedState.allCases.compactMap { state in
            snapshot.feeds[state].map { "\($0) \(state.rawValue)" }
        }
        lines.append("feeds    \(feedCount)\(states.isEmpty ? "" : ": \(states.joined(separator: ", "))")")
        let alerts = Self.alertStates.map { "\(snapshot.alerts[$0.1] ?? 0) \($0.0)" }.joined(separator: ", ")
        lines.append("alerts   \(alerts); \(snapshot.waiting) hits waiting for a message")
        let last = snapshot.lastHit.map { ", the last at \(clock.civil(at: $0).description)" } ?? ""
        lines.append("hits     \(snapshot.hits)\(last)")
        if let free = snapshot.freeBytes { lines.append("storage  \(free >> 20) MiB free") }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let alertStates: [(String, AlertState)] = [
        ("pending", .pending), ("parked", .parked), ("delivered", .delivered), ("dropped", .dropped),
    ]
}
