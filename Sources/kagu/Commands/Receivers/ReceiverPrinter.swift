// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How receivers look in lists (C4), and what came of a test (C5).
struct ReceiverPrinter {
    let terminal: Terminal
    let clock: CivilClock
    let now: Instant

    /// The printer of a form.
    func list(_ format: OutputFormat) -> ListPrinter<ReceiverLine> {
        ListPrinter(
            format: format, terminal: terminal, short: short,
            header: ["NAME", "TYPE", "HOST", "STATE", "SINCE", "WAITING", "OLDEST", "LAST SUCCESS", "LAST ERROR"],
            flexible: [8, 2], cells: cells, members: Self.write,
            names: [
                "name", "type", "host", "state", "since", "waiting", "parked", "oldest", "last_success",
                "last_error",
                "cause",
            ], values: Self.values)
    }

    private func short(_ line: ReceiverLine) -> String {
        let paint = Paint(terminal.usesColour)
        let host = line.host.isEmpty ? "" : " (\(VisibleText.escaped(line.host)))"
        var parts = [
            paint(line.state, style(line)), paint(VisibleText.escaped(line.name), .bold) + host, line.type,
        ]
        if let since = line.since { parts.append("since \(clock.civil(at: since).description)") }
        var counts = ["\(line.waiting) waiting"]
        if line.parked > 0 { counts.append("\(line.parked) parked") }
        if let oldest = line.oldest, line.waiting > 0 {
            counts.append("oldest \(AgeText.relative(oldest, at: now))")
        }
        parts.append(counts.joined(separator: ", "))
        parts.append(line.lastSuccess.map { "last success \(AgeText.relative($0, at: now))" } ?? "no success yet")
        if !line.lastError.isEmpty { parts.append("last error: \(VisibleText.escaped(line.lastError))") }
        if !line.cause.isEmpty { parts.append("(\(VisibleText.escaped(line.cause)))") }
        return parts.joined(separator: "  ")
    }

    private func cells(_ line: ReceiverLine) -> [String] {
        [
            VisibleText.escaped(line.name), line.type, line.host.isEmpty ? "-" : VisibleText.escaped(line.host),
            line.state, line.since.map { clock.civil(at: $0).description } ?? "-",
            line.parked > 0 ? "\(line.waiting) + \(line.parked) parked" : String(line.waiting),
            line.oldest.map { AgeText.span(now - $0) } ?? "-",
            line.lastSuccess.map { clock.civil(at: $0).description } ?? "-",
            VisibleText.escaped([line.lastError, line.cause].filter { !$0.isEmpty }.joined(separator: "; ")),
        ]
    }

    private func style(_ line: ReceiverLine) -> Paint.Style {
        switch line.state {
        case "ok": .green
        case "suspect", "open": .yellow
        default: .red
        }
    }

    private static func write(_ line: ReceiverLine, _ json: inout JSONWriter) {
        json.member("name", line.name)
        json.member("type", line.type)
        json.member("host", ifPresent: line.host)
        json.member("state", line.state)
        json.member("since", line.since)
        json.member("waiting", line.waiting)
        json.member("parked", line.parked)
        json.member("oldest", line.oldest)
        json.member("last_success", line.lastSuccess)
        json.member("last_error", ifPresent: line.lastError)
        json.member("cause", ifPresent: line.cause)
    }

    private static func values(_ line: ReceiverLine) -> [String] {
        [
            line.name, line.type, line.host, line.state, line.since?.description ?? "", String(line.waiting),
            String(line.parked), line.oldest?.description ?? "", line.lastSuccess?.description ?? "",
            line.lastError, line.cause,
        ]
    }

    // MARK: Tests

    /// `desk: success, HTTP 200, 43 ms`, and what the receiver said where it did not take the message.
    static func text(
        of answer: TestReceiver.Answer, _ name: String, _ format: AnswerFormat, _ paint: Paint
    ) -> String {
        switch format {
        case .short:
            let status = answer.status.map { ", HTTP \($0)" } ?? ""
            let outcome = paint(answer.outcome, answer.isSuccess ? .green : .red)
            let head = "\(VisibleText.escaped(name)): \(outcome)\(status), \(answer.latency) ms\n"
            let excerpt = answer.isSuccess ? "" : VisibleText.escaped(answer.excerpt)
            return head + (excerpt.isEmpty ? "" : "  \(excerpt)\n")
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("receiver", name)
                json.member("alert", answer.id)
                json.member("success", answer.isSuccess)
                if let status = answer.status { json.member("status", status) }
                json.member("class", answer.outcome)
                json.member("latency_ms", answer.latency)
                json.member("answer", ifPresent: answer.excerpt)
            }
            return json.text + "\n"
        }
    }
}
