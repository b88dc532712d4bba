// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import kagu

@Suite("Output that is safe to look at and to open (O19, O21)")
struct OutputTests {
    @Test("controls and bidirectional overrides print escaped, line ends as spaces (O19)")
    func escaped() {
        #expect(
            VisibleText.escaped("a\u{1B}[31mb\u{202E}c\u{2066}\nd\u{9B}")
                == "a\\u{1b}[31mb\\u{202e}c\\u{2066} d\\u{9b}")
        #expect(VisibleText.escaped("Xəzər Xəbər, Нумеа, 🇳🇨") == "Xəzər Xəbər, Нумеа, 🇳🇨")
    }

    @Test(
        "a cell that a spreadsheet would take for a formula gets an apostrophe (O19)",
        arguments: [
            ("=1+1", "'=1+1"), ("+49", "'+49"), ("-2", "'-2"), ("@all", "'@all"), ("\tx", "'\tx"), ("a=1", "a=1"),
            ("", ""),
        ])
    func formula(_ text: String, _ cell: String) {
        #expect(CSVRow.cell(text) == cell)
    }

    @Test("cells with commas, quotes and line ends are quoted (RFC 4180)")
    func quoting() {
        #expect(
            CSVRow.line(["a,b", "say \"hi\"", "x\r\ny", "plain"])
                == "\"a,b\",\"say \"\"hi\"\"\",\"x\r\ny\",plain\r\n")
        #expect(CSVRow.cell("=a,b") == "\"'=a,b\"")
    }

    @Test("a table is aligned by what a terminal shows, and the flexible column gives way")
    func table() {
        var table = Table(header: ["ID", "TITLE", "N"], flexible: [1])
        table.add(["a", "努美阿", "1"])
        table.add(["bb", "A title that is far too long for this", "22"])
        let lines = table.lines(columns: 24)
        #expect(lines == ["ID  TITLE             N", "a   努美阿            1", "bb  A title that is…  22"])
        #expect(table.lines(columns: nil)[2] == "bb  A title that is far too long for this  22")
    }

    @Test("width counts marks as nothing and wide scalars as two")
    func width() {
        #expect(DisplayWidth.of("e\u{301}") == 1)
        #expect(DisplayWidth.of("新聞") == 4)
        #expect(DisplayWidth.cut("Nouvelle-Calédonie", to: 9) == "Nouvelle…")
        #expect(DisplayWidth.cut("新聞社", to: 4) == "新…")
    }

    @Test("NO_COLOR and a dumb terminal turn colour off (O21)")
    func colour() {
        #expect(Terminal.allowsColour(["TERM": "xterm"]))
        #expect(!Terminal.allowsColour(["NO_COLOR": "1"]))
        #expect(!Terminal.allowsColour(["TERM": "dumb"]))
        #expect(Paint(false)("x", .red) == "x")
        #expect(Paint(true)("x", .red) == "\u{1B}[31mx\u{1B}[0m")
    }

    @Test("user names and passwords of addresses are not shown (house rule 13)")
    func address() {
        #expect(ShownAddress.text("https://me:word@host.example/a@b") == "https://host.example/a@b")
        #expect(ShownAddress.text("https://host.example/a@b") == "https://host.example/a@b")
    }
}

@Suite("Exit codes (O20)")
struct ExitCodeTests {
    @Test("usage errors exit 2, as every error does", arguments: [["hits", "--wach"], ["nonsense"], ["parse"]])
    func usage(_ arguments: [String]) async {
        #expect(await Program.run(arguments) == 2)
    }

    @Test("a file that cannot be read is an error")
    func unreadable() async {
        #expect(await Program.run(["parse", "/nonexistent/feed.xml"]) == 2)
    }

    @Test("a time that cannot be read is an error")
    func time() async {
        #expect(await Program.run(["hits", "--state-dir", "/tmp", "--since", "soon"]) == 2)
    }

    @Test("follow refuses what it cannot print")
    func follow() async {
        #expect(await Program.run(["hits", "-f", "-o", "json"]) == 2)
        #expect(await Program.run(["hits", "-f", "-r"]) == 2)
    }
}
