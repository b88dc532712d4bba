// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// How silences look in lists (C7).
struct SilencePrinter {
    let terminal: Terminal
    let clock: CivilClock
    let now: Instant

    /// The printer of a form.
    func list(_ format: OutputFormat) -> ListPrinter<Silence> {
        ListPrinter(
            format: format, terminal: terminal, short: short,
            header: ["ID", "STATE", "MATCHERS", "STARTS", "ENDS", "AUTHOR", "COMMENT"], flexible: [6, 5, 2],
            cells: cells, members: Self.write,
            names: ["id", "state", "matchers", "starts", "ends", "author", "comment", "created"],
            values: { silence in
                [
                    silence.id, state(silence), Self.matchers(silence), silence.starts.description,
                    silence.ends.description, silence.author, silence.comment, silence.created.description,
                ]
            })
    }

    private func short(_ silence: Silence) -> String {
        let paint = Paint(terminal.usesColour)
        let state = state(silence)
        let when =
            switch state {
            case "active": "until \(time(silence.ends))"
            case "pending": "from \(time(silence.starts)) until \(time(silence.ends))"
            default: "over since \(time(silence.ends))"
            }
        return [
            silence.id, paint(state, state == "active" ? .green : .dim), when,
            paint(VisibleText.escaped(Self.matchers(silence)), .bold),
            "by \(VisibleText.escaped(silence.author)): \(VisibleText.escaped(silence.comment))",
        ].joined(separator: "  ")
    }

    private func cells(_ silence: Silence) -> [String] {
        [
            silence.id, state(silence), VisibleText.escaped(Self.matchers(silence)), time(silence.starts),
            time(silence.ends), VisibleText.escaped(silence.author), VisibleText.escaped(silence.comment),
        ]
    }

    /// `active`, `pending` (to come) or `expired`.
    private func state(_ silence: Silence) -> String {
        silence.isActive(at: now) ? "active" : silence.isExpired(at: now) ? "expired" : "pending"
    }

    private func time(_ instant: Instant) -> String { clock.civil(at: instant).description }

    private static func matchers(_ silence: Silence) -> String {
        silence.matchers.map(\.description).joined(separator: " ")
    }

    /// One object.
    static func json(_ silence: Silence) -> String {
        var json = JSONWriter()
        json.object { write(silence, &$0) }
        return json.text
    }

    private static func write(_ silence: Silence, _ json: inout JSONWriter) {
        json.member("id", silence.id)
        json.member("matchers", silence.matchers.map(\.description))
        json.member("starts", silence.starts)
        json.member("ends", silence.ends)
        json.member("author", silence.author)
        json.member("comment", silence.comment)
        json.member("created", silence.created)
    }
}
