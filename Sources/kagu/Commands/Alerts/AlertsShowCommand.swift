// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel
import KaguStore

/// `kagu alerts show ID`: everything that is known of one alert (C2).
struct AlertsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one alert: its hits, every decision, every attempt.",
        discussion: """
            ID is an alert's, or the beginning of one, or a hit's: then everything that was decided about the hit is \
            shown. Exit status 1 when it is not known.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: "msg_… or h_…")
    var id: String

    @Flag(help: "Print the message's exact bytes, and nothing else.")
    var body = false

    @Flag(help: "Show times in UTC instead of local time.")
    var utc = false

    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short

    func run() throws {
        let wiring = Wiring.ofProcess()
        guard let reader = try StateSnapshot.existing(try wiring.stateDirectory(common)),
            let detail = try AlertDetail(id, reader)
        else {
            StandardError.write("kagu: \(VisibleText.escaped(ControlRefusal.unknownAlert(id).message))\n")
            throw ExitStatus.negative
        }
        if body {
            guard let alert = detail.alert else {
                throw CommandFailure("alerts show: \(id): a hit has no message of its own; name an alert")
            }
            return try StandardOutput.write(alert.body)
        }
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        let printer = AlertDetailPrinter(paint: paint, clock: utc ? .utc : .local)
        switch output {
        case .short: try StandardOutput.write(printer.text(detail))
        case .json: try StandardOutput.write(AlertDetailPrinter.json(detail) + "\n")
        }
    }
}

/// What is known of an alert, or of what is owed for a hit.
struct AlertDetail {
    /// The alert; nil where a hit was named.
    var alert: AlertRecord?
    /// What it settles; all that is owed where a hit was named.
    var deliveries: [Delivery]
    /// The titles of their hits, by id.
    var titles: [String: String]
    /// Oldest first.
    var attempts: [AttemptRecord]

    /// Hits of one alert whose titles are read.
    private static let maximumTitles = 500

    /// Reads it; nil where nothing has that id.
    init?(_ id: String, _ reader: StateReader) throws {
        if id.hasPrefix("h_") {
            deliveries = try reader.deliveries(ofHit: id)
            attempts = []
            guard !deliveries.isEmpty else { return nil }
        } else {
            guard let whole = try reader.alertID(beginning: id), let found = try reader.alert(whole) else {
                return nil
            }
            alert = found
            deliveries = try reader.deliveries(ofAlert: whole)
            attempts = try reader.attempts(ofAlert: whole)
        }
        let ids = deliveries.prefix(Self.maximumTitles).map(\.hitID)
        titles = Dictionary(try reader.hits(ids).map { ($0.id, $0.title) }) { first, _ in first }
    }

    /// For tests.
    init(
        alert: AlertRecord?, deliveries: [Delivery], titles: [String: String] = [:], attempts: [AttemptRecord] = []
    ) {
        self.alert = alert
        self.deliveries = deliveries
        self.titles = titles
        self.attempts = attempts
    }
}
