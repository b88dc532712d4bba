// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is known of the place that output goes to.
struct Terminal: Hashable, Sendable {
    /// Whether it is a terminal.
    var isTerminal: Bool
    /// Whether colour may be used: on a terminal, without NO_COLOR, and not a dumb one (O21).
    var usesColour: Bool
    /// Columns; 80 where unknown.
    var columns: Int

    /// Output to a file or pipe.
    static let plain = Terminal(isTerminal: false, usesColour: false, columns: 80)

    /// The terminal behind standard output; `environment` is read only if there is one.
    static func standardOutput(environment: @autoclosure () -> [String: String]) -> Terminal {
        of(STDOUT_FILENO, environment)
    }

    private static func of(_ descriptor: Int32, _ environment: () -> [String: String]) -> Terminal {
        guard isatty(descriptor) == 1 else { return .plain }
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Terminal(
            isTerminal: true, usesColour: allowsColour(environment()), columns: known ? Int(size.ws_col) : 80)
    }

    /// Colour unless NO_COLOR is set to anything (no-color.org) or TERM is `dumb`.
    static func allowsColour(_ environment: [String: String]) -> Bool {
        (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
}

/// Emphasis on a terminal (ECMA-48 SGR); plain text where colour is off.
struct Paint: Hashable, Sendable {
    /// What text may be set off by.
    enum Style: String, Hashable, Sendable {
        /// Headings.
        case bold = "1"
        /// What matters less: times, addresses.
        case dim = "2"
        /// What went well.
        case green = "32"
        /// What is odd.
        case yellow = "33"
        /// What went wrong.
        case red = "31"
        /// Feeds.
        case cyan = "36"
        /// Matched names.
        case match = "1;33"
        /// What is critical.
        case alarm = "1;31"
    }

    /// Whether anything is coloured at all.
    let isOn: Bool

    /// Paints or not.
    init(_ isOn: Bool) { self.isOn = isOn }

    /// `text` in `style`; the text itself must be free of controls.
    func callAsFunction(_ text: String, _ style: Style) -> String {
        isOn && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Appends to a line what `append` makes, in `style`; as it is without one. It must not be empty, or free of colour.
    func callAsFunction(_ style: Style?, _ line: inout [UInt8], _ append: (inout [UInt8]) -> Void) {
        guard isOn, let style else { return append(&line) }
        line += "\u{1B}[\(style.rawValue)m".utf8
        append(&line)
        line += "\u{1B}[0m".utf8
    }
}
