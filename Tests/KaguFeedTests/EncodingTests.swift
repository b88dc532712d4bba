// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct EncodingTests {
    private static func document(_ label: String, _ title: [UInt8], language: String = "") -> [UInt8] {
        let declaration = label.isEmpty ? "" : "<?xml version=\"1.0\" encoding=\"\(label)\"?>"
        let tongue = language.isEmpty ? "" : "<language>\(language)</language>"
        return Array("\(declaration)<rss version=\"2.0\"><channel>\(tongue)<title>".utf8) + title
            + Array("</title></channel></rss>".utf8)
    }

    struct Case: Sendable {
        var label: String
        var bytes: [UInt8]
        var text: String
        var encoding: String
    }

    static let cases = [
        Case(label: "windows-1251", bytes: [0xCC, 0xE8, 0xF0], text: "Мир", encoding: "windows-1251"),
        Case(label: "iso-8859-9", bytes: [0xDD, 0xFE, 0xF0], text: "İşğ", encoding: "windows-1254"),
        Case(label: "iso-8859-1", bytes: [0x93, 0xE9, 0x94], text: "“é”", encoding: "windows-1252"),
        Case(label: "KOI8-R", bytes: [0xED, 0xC9, 0xD2], text: "Мир", encoding: "koi8-r"),
        Case(label: "gb2312", bytes: [0xD6, 0xD0, 0xCE, 0xC4], text: "中文", encoding: "gbk"),
        Case(label: "Shift_JIS", bytes: [0x93, 0xFA, 0x96, 0x7B], text: "日本", encoding: "shift_jis"),
        Case(label: "euc-kr", bytes: [0xC7, 0xD1], text: "한", encoding: "euc-kr"),
        Case(label: "big5", bytes: [0xA4, 0xA4], text: "中", encoding: "big5"),
        Case(
            label: "iso-2022-jp", bytes: [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x4B, 0x5C, 0x1B, 0x28, 0x42], text: "日本",
            encoding: "iso-2022-jp"),
        Case(label: "cp437", bytes: [0x82], text: "é", encoding: "cp437"),
        Case(label: "hz-gb-2312", bytes: Array("~{VPND~}".utf8), text: "中文", encoding: "hz-gb-2312"),
        Case(
            label: "iso-2022-kr", bytes: [0x1B, 0x24, 0x29, 0x43, 0x0E, 0x47, 0x51, 0x0F], text: "한",
            encoding: "iso-2022-kr"),
        Case(label: "windows-1255", bytes: [0xF9, 0xEC, 0xE5, 0xED], text: "שלום", encoding: "windows-1255"),
        Case(label: "windows-1258", bytes: [0xD0], text: "Đ", encoding: "windows-1258"),
        Case(label: "windows_1251", bytes: [0xCC, 0xE8, 0xF0], text: "Мир", encoding: "windows-1251"),
        Case(label: "mac-roman", bytes: [0x8E], text: "é", encoding: "macintosh"),
        Case(label: "Shift_JIS-2004", bytes: [0x93, 0xFA], text: "日", encoding: "shift_jisx0213"),
        Case(label: "ascii", bytes: Array("x".utf8), text: "x", encoding: "windows-1252"),
        Case(label: "", bytes: Array("x".utf8), text: "x", encoding: "utf-8"),
    ]

    @Test("labels follow the Encoding Standard, then iconv (F13)", arguments: cases)
    func label(_ sample: Case) throws {
        let feed = try FeedParser.parse(Self.document(sample.label, sample.bytes))
        #expect(feed.title == sample.text)
        #expect(feed.encoding == sample.encoding)
        #expect(feed.problems == [])
    }

    @Test("valid utf-8 beats every label, which is a problem (F12, F13)")
    func mislabelled() throws {
        let feed = try FeedParser.parse(Self.document("windows-1251", Array("Bakı Təşəbbüs".utf8)))
        #expect(feed.title == "Bakı Təşəbbüs")
        #expect(feed.encoding == "utf-8")
        #expect(feed.problems.count == 1)
    }

    @Test("HTTP's charset beats the declaration (F12)")
    func httpCharset() throws {
        let bytes = Self.document("iso-8859-1", [0xCC, 0xE8, 0xF0])
        let context = ParseContext(contentType: "text/xml; charset=\"windows-1251\"")
        #expect(try FeedParser.parse(bytes, context: context).title == "Мир")
    }

    @Test(
        "unlabelled bytes are read in the code page of the language (F12)",
        arguments: [
            ("tr", "windows-1254", "ş"), ("az", "windows-1254", "ş"), ("ru", "windows-1251", "ю"),
            ("fr", "windows-1252", "þ"),
        ])
    func codePage(language: String, encoding: String, text: String) throws {
        let declared = try FeedParser.parse(Self.document("", [0xFE], language: language))
        #expect(declared.title == text)
        #expect(declared.encoding == encoding)
        let hinted = try FeedParser.parse(
            Self.document("", [0xFE]), context: ParseContext(languageHint: language))
        #expect(hinted.title == text)
    }

    @Test("utf-16 is known by its mark and by its pattern (F12)")
    func utf16() throws {
        let text = Array("<rss><channel><title>Mayotte ə 😀</title></channel></rss>".utf16)
        let little = text.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = text.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        for (bytes, name) in [
            (little, "utf-16le"), (big, "utf-16be"), ([0xFF, 0xFE] + little, "utf-16le"),
            ([0xFE, 0xFF] + big, "utf-16be"),
        ] {
            let feed = try FeedParser.parse(bytes)
            #expect(feed.title == "Mayotte ə 😀")
            #expect(feed.encoding == name)
        }
    }

    @Test("stray bytes under utf-8 are read in the code page; too many make the label disbelieved (F14)")
    func strays() throws {
        let mixed = try FeedParser.parse(Self.document("utf-8", Array("éà".utf8) + [0xE9]))
        #expect(mixed.title == "éàé")
        #expect(mixed.encoding == "utf-8")
        #expect(mixed.problems.count == 1)
        let wrong = try FeedParser.parse(Self.document("utf-8", [0xCC, 0x20, 0xE8, 0x20, 0xF0], language: "ru"))
        #expect(wrong.title == "М и р")
        #expect(wrong.encoding == "windows-1251")
    }

    @Test("C1 code points are windows-1252; doubly encoded fields are decoded once more (F15)")
    func repair() throws {
        #expect(try item("<title>it&#146;s \u{93}x\u{94}</title>").title == "it’s “x”")
        #expect(try item("<title>Ã©tÃ©</title>").title == "été")
        #expect(try item("<title>LIBERTÉ\u{A0}!</title>").title == "LIBERTÉ\u{A0}!")
    }

    @Test("mojibake by way of windows-1252 is decoded once more, capitals before punctuation are not (F15)")
    func windowsRepair() throws {
        #expect(try item("<title>lâ€™Ã©tÃ©</title>").title == "l’été")
        #expect(try item("<title>BakÄ± TÉ™ÅŸÉ™bbÃ¼s</title>").title == "Bakı Təşəbbüs")
        #expect(try item("<title>LIBERTÉ…</title>").title == "LIBERTÉ…")
        for text in [
            "Il est fatigué…\u{A0}?", "Liberté…\u{A0}!", "Un passé—\u{A0}là", "Le café”\u{A0}!", "passé«\u{A0}x",
        ] {
            #expect(try item("<title>\(text)</title>").title == text)
        }
        #expect(try item("<title>LA LIBERTÉ’</title>").title == "LA LIBERTÉ’")
    }

    @Test("EBCDIC is known by its declaration (F12)")
    func mainframe() throws {
        // <?xml version="1.0" encoding="cp500"?><rss><channel><title>é</title></channel></rss>
        let bytes: [UInt8] = [
            0x4C, 0x6F, 0xA7, 0x94, 0x93, 0x40, 0xA5, 0x85, 0x99, 0xA2, 0x89, 0x96, 0x95, 0x7E, 0x7F, 0xF1, 0x4B,
            0xF0, 0x7F, 0x40, 0x85, 0x95, 0x83, 0x96, 0x84, 0x89, 0x95, 0x87, 0x7E, 0x7F, 0x83, 0x97, 0xF5, 0xF0,
            0xF0, 0x7F, 0x6F, 0x6E, 0x4C, 0x99, 0xA2, 0xA2, 0x6E, 0x4C, 0x83, 0x88, 0x81, 0x95, 0x95, 0x85, 0x93,
            0x6E, 0x4C, 0xA3, 0x89, 0xA3, 0x93, 0x85, 0x6E, 0x51, 0x4C, 0x61, 0xA3, 0x89, 0xA3, 0x93, 0x85, 0x6E,
            0x4C, 0x61, 0x83, 0x88, 0x81, 0x95, 0x95, 0x85, 0x93, 0x6E, 0x4C, 0x61, 0x99, 0xA2, 0xA2, 0x6E,
        ]
        let feed = try FeedParser.parse(bytes)
        #expect(feed.title == "é" && feed.encoding == "cp500" && feed.problems == [])
    }

    @Test("a label of seven bits that the bytes contradict is skipped (F13)")
    func sevenBits() throws {
        let bytes = Self.document("windows-1251", [0xCC, 0xE8, 0xF0])
        let feed = try FeedParser.parse(bytes, context: ParseContext(contentType: "text/xml; charset=us-ascii"))
        #expect(feed.title == "Мир")
        #expect(feed.problems.map(\.message) == ["declared as \"us-ascii\", but the bytes are something else"])
    }

    @Test("what iconv writes is UTF-8, even from encodings that know more code points (F13)")
    func beyondUnicode() throws {
        let wide: [UInt8] = Array("<rss><channel><title>".utf8).flatMap { [$0, 0, 0, 0] } + [0, 0, 0x7F, 0x7F]
        let labelled = Array("<?xml encoding=\"INTERNAL\"?>".utf8) + wide
        if let feed = try? FeedParser.parse(labelled) {
            #expect(String(validating: feed.title.utf8, as: UTF8.self) != nil)
        }
    }

    @Test("a cut last sequence is tolerated (F12)")
    func cutSequence() throws {
        let feed = try FeedParser.parse(Self.document("", Array("é".utf8)) + [0xC3])
        #expect(feed.encoding == "utf-8")
        #expect(feed.title == "é")
    }

    @Test("a gzip body is inflated up to the limit (F4)")
    func gzip() throws {
        let body: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xB3, 0x29, 0x2A, 0x2E, 0xB6, 0xB3, 0x49,
            0xCE,
            0x48, 0xCC, 0xCB, 0x4B, 0xCD, 0xB1, 0xB3, 0x29, 0xC9, 0x2C, 0xC9, 0x49, 0xB5, 0xAB, 0xB0, 0xD1, 0x87,
            0x30,
            0x6D, 0xF4, 0xA1, 0x92, 0x36, 0xFA, 0x60, 0x75, 0x00,
        ]
        // Without its trailer the stream is cut: no feed, and no crash.
        #expect(throws: ParseFailure.self) { try FeedParser.parse(body) }
    }
}
