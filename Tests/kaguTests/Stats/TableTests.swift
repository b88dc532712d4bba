// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import kagu

@Suite("Tables on a terminal (O19)")
struct TableTests {
    @Test("numbers end below one another")
    func numbers() {
        var table = Table(header: ["ID", "HITS", "OK"], numeric: [1, 2])
        table.add(["a", "7", "100.0%"])
        table.add(["bb", "1234567", "-"])
        #expect(table.lines(columns: nil) == ["ID     HITS      OK", "a         7  100.0%", "bb  1234567       -"])
    }

    @Test("no line is wider than the terminal, however narrow that is")
    func narrow() {
        var table = Table(header: ["ID", "TITLE", "N"], flexible: [1])
        table.add(["a-long-id", "努美阿努美阿努美阿努美阿", "1234567"])
        #expect(table.lines(columns: 20) == ["ID         TITLE   …", "a-long-id  努美阿努…"])
    }

    @Test("signs that a terminal shows as pictures take two columns, others one")
    func pictures() {
        #expect(["✅", "⚡", "❗", "🚨", "🪖", "🇳🇨"].allSatisfy { DisplayWidth.of($0) == 2 })
        #expect(["→", "№", "«", "☎"].allSatisfy { DisplayWidth.of($0) == 1 })
    }
}
