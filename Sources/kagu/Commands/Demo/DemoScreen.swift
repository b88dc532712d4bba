// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// What the demo shows, in colour on a terminal and plainly otherwise.
struct DemoScreen {
    private let paint: Paint
    private let hitText: HitLineText
    private let alertText: AlertText

    /// A screen on standard output.
    init(terminal: Terminal) {
        paint = Paint(terminal.usesColour)
        hitText = HitLineText(paint: paint, clock: .local)
        alertText = AlertText(paint: paint, clock: .local)
    }

    /// What is about to happen.
    func begin(feedCount: Int, _ port: UInt16, _ receiver: String) throws {
        try say(
            paint("kagu demo", .bold) + ": a private daemon, \(feedCount) invented feeds in five languages on"
                + " 127.0.0.1:\(port), a receiver on \(receiver)")
    }

    /// The feeds after their first poll.
    func baseline(_ records: [String: FeedRecord], hits: Int) throws {
        try say("")
        try say(paint("First round", .bold) + ": \(records.count) feeds polled")
        for id in records.keys.sorted() {
            guard let record = records[id] else { continue }
            let style: Paint.Style = record.state.isHealthy ? .green : .red
            let reason = record.reason.isEmpty ? "" : " (\(VisibleText.escaped(record.reason)))"
            try say(
                "  \(paint(record.state.rawValue, style)) \(id) \(paint(VisibleText.escaped(record.title), .cyan))\(reason)"
            )
        }
        let stored = hits == 1 ? "1 hit is" : "\(hits) hits are"
        try say("  \(stored) in what was there already: stored, not told. Alerts are for what appears from now on.")
    }

    /// New items have appeared.
    func secondRound(_ count: Int) throws {
        try say("")
        try say(paint("Second round", .bold) + ": \(count) feeds have something new")
    }

    /// A hit, as `kagu hits` shows it.
    func hit(_ hit: Hit) throws { try say(paint("hit", .bold) + "   " + hitText.text(hit)) }

    /// A message, as `kagu listen` shows it.
    func alert(_ request: ReceivedRequest, _ verdict: MessageJudge.Verdict, isRepeat: Bool) throws {
        let text = alertText.text(request, verdict, isRepeat: isRepeat)
        try StandardOutput.write(paint("alert", .bold) + " " + text)
    }

    /// What came of it, and what to try next; `files` where the directory stays.
    func end(_ progress: DemoProgress, files: DemoFiles?, _ data: DemoData) throws {
        try say("")
        let style: Paint.Style = progress.verified > 0 && progress.verified == progress.received ? .green : .red
        let count = "\(progress.received) \(progress.received == 1 ? "alert" : "alerts") received"
        try say(paint("\(count), \(progress.verified) verified", style))
        try say("")
        try say(paint("Try next", .bold) + ":")
        for line in Self.next(files, data) { try say("  " + line) }
    }

    /// The commands to try next.
    static func next(_ files: DemoFiles?, _ data: DemoData) -> [String] {
        guard let files else {
            return [
                "kagu demo --keep                       the same, and look at what the daemon stored",
                "kagu check config/kagu.yaml            your configuration, every problem with its place",
                "kagu listen --secret-file FILE         a receiver of your own",
                "kagud --config config/kagu.yaml        the daemon itself, on real feeds",
            ]
        }
        return [
            "kagu hits --state-dir \(files.state) --baseline -o table",
            "kagu feeds list --config \(files.configuration)",
            "kagu check \(files.configuration)",
            "less \(files.log)",
            "rm -r \(files.directory)",
        ]
    }

    private func say(_ line: String) throws { try StandardOutput.write(line + "\n") }
}
