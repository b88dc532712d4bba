// SPDX-License-Identifier: Apache-2.0

/// The elements of HTML, present and past, and what each does to the text around it (F19).
enum HTMLElements {
    /// What is known of an element.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8
        /// An element of HTML.
        static let known = Traits(rawValue: 1)
        /// Stands on lines of its own.
        static let block = Traits(rawValue: 2)
        /// Goes with its content.
        static let hidden = Traits(rawValue: 4)
        /// Keeps its lines.
        static let preformatted = Traits(rawValue: 8)
        /// A cell of a table: parted from its neighbours by a space.
        static let cell = Traits(rawValue: 16)
    }

    /// The traits of the element whose name is `bytes[range]`.
    static func traits(_ bytes: [UInt8], _ range: Range<Int>) -> Traits {
        Traits(rawValue: table.value(bytes, range))
    }

    /// Whether a name is an element of HTML.
    static func isKnown(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return !traits(bytes, 0..<bytes.count).isEmpty
    }

    private static let inline = """
        a abbr acronym area audio b base basefont bdi bdo bgsound big blink button canvas cite code col colgroup \
        command content data datalist del dfn element em embed event-source font frame head i iframe image img input \
        ins isindex kbd keygen label link map mark marquee math meta meter nobr noembed noscript object output param \
        picture portal progress q rb rp rt rtc ruby s samp select shadow slot small source spacer span strike strong \
        sub sup svg template textarea time title track tt u var video wbr
        """
    private static let block = """
        address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption \
        figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu menuitem multicol nav \
        noframes ol optgroup option p search section summary table tbody tfoot thead tr ul
        """

    private static let table: ByteNameTable = {
        var entries: [(name: String, value: UInt8)] = []
        func add(_ names: String, _ traits: Traits) {
            for name in names.split(separator: " ") { entries.append((String(name), traits.rawValue)) }
        }
        add(inline, .known)
        add(block, [.known, .block])
        add("script style applet", [.known, .hidden])
        add("pre listing xmp plaintext", [.known, .block, .preformatted])
        add("td th", [.known, .cell])
        return ByteNameTable(entries)
    }()
}
