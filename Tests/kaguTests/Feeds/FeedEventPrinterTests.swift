// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import kagu

@Suite("kagu feeds events")
struct FeedEventPrinterTests {
    private static let events = [
        FeedEvent(
            kind: .failing, feedID: "gazette", at: Instant(seconds: 1_795_338_000), state: .failing,
            text: "gazette: \"no\u{1B}\" such host, again"),
        FeedEvent(kind: .online, at: Instant(seconds: 1_795_338_060), text: "the uplink is back"),
    ]

    @Test(
        "an event in each form: escaped for people, whole for programs (O19)",
        arguments: [
            (
                OutputFormat.short,
                """
                2026-11-22 09:00:00 failing gazette: "no\\u{1b}" such host, again
                2026-11-22 09:01:00 online the uplink is back

                """
            ),
            (
                .table,
                """
                TIME                 KIND     FEED     TEXT
                2026-11-22 09:00:00  failing  gazette  gazette: "no\\u{1b}" such host, again
                2026-11-22 09:01:00  online            the uplink is back

                """
            ),
            (
                .csv,
                """
                at,kind,feed,state,text\r
                2026-11-22T09:00:00.000Z,failing,gazette,failing,"gazette: ""no\u{1B}"" such host, again"\r
                2026-11-22T09:01:00.000Z,online,,,the uplink is back\r

                """
            ),
        ])
    func forms(_ format: OutputFormat, _ text: String) {
        let terminal = Terminal(isTerminal: false, usesColour: false, columns: 80)
        #expect(FeedEventPrinter(terminal: terminal, clock: .utc).list(format).text(Self.events) == text)
    }
}
