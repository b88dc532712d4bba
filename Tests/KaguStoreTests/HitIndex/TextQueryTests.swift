// SPDX-License-Identifier: Apache-2.0

import GRDB
import Testing

@testable import KaguStore

@Suite("The expressions of --text (O25)")
struct TextQueryTests {
    @Sendable static func fold(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for character in text.lowercased() {
            if character.isLetter || character.isNumber {
                bytes += Array(character.utf8)
            } else {
                bytes.append(0x20)
            }
        }
        return bytes
    }

    private static let texts: [(String, String)] = [
        ("Baku host of talks", "The Baku Initiative Group met in Nouméa."), ("couvre-feu à Nouméa", ""),
        ("one two three four five", "six seven two one"), ("two", "one"), ("", "Baku"),
        ("talks talks Baku", "group"),
        ("one x x x two", "x one x two x"), ("initiative", "baku group initiative one"),
    ]

    @Test(
        "an expression selects what SQLite's FTS5 selects",
        arguments: [
            "baku", "BAKU", "one two", "one AND two", "one OR baku", "one NOT two", "baku talks OR one",
            "one OR two NOT three", "one AND two NOT six OR baku", "\"one two\"", "\"two one\"", "one + two",
            "init*",
            "\"baku init\"*", "^baku", "^one", "^one + two", "title: baku", "summary : one",
            "{title summary}: baku",
            "- title: baku", "title: (one OR baku)", "title: one two", "(one OR baku) AND (two OR group)",
            "NEAR(one two)", "NEAR(one two, 2)", "NEAR(two one, 1)", "NEAR(\"one two\" four, 1)",
            "NEAR(one two five, 3)",
            "NEAR(one two, 0)", "title: NEAR(one two, 5)", "near", "summary: (one NOT title: two)",
            "nouméa \"couvre feu\"",
            "one two NOT three four", "NEAR(baku)", "group^ one",
        ])
    func agrees(expression: String) throws {
        let queue = try DatabaseQueue()
        let theirs: [Int]? = try queue.write { database in
            try database.execute(
                sql:
                    "CREATE VIRTUAL TABLE t USING fts5(title, summary, tokenize = \"unicode61 remove_diacritics 0\")"
            )
            for (title, summary) in Self.texts {
                try database.execute(sql: "INSERT INTO t VALUES (?, ?)", arguments: [title, summary])
            }
            return try? Int.fetchAll(
                database, sql: "SELECT rowid - 1 FROM t WHERE t MATCH ? ORDER BY 1", arguments: [expression])
        }
        let ours = try? TextQuery(expression, folding: Self.fold)
        #expect((ours == nil) == (theirs == nil))
        guard let ours, let theirs else { return }
        #expect(
            Self.texts.indices.filter { ours.accepts(title: Self.texts[$0].0, summary: Self.texts[$0].1) } == theirs
        )
    }

    @Test(
        "a mistake is told in a sentence that helps",
        arguments: [
            ("", "the expression is empty; give a word"),
            (
                "couvre-feu",
                "\"-\" stands before a column only; put words with signs in double quotes: \"couvre-feu\""
            ),
            ("\"open", "a double quote is not closed; add one at the end"),
            ("(a", "a parenthesis is not closed; add \")\""),
            ("a AND", "the expression ends too early; a word is missing"),
            ("author: x", "there is no column \"author\"; there are title and summary"),
            ("NEAR(a b, x)", "NEAR needs a whole number behind its comma, such as NEAR(a b, 5)"),
            ("\"…\"", "\"…\" holds no word; give letters or digits"),
            ("what?", "\"?\" means nothing here; put words with signs in double quotes: \"couvre-feu\""),
        ])
    func mistakes(expression: String, sentence: String) {
        #expect(throws: TextQuery.Mistake(description: sentence)) { try TextQuery(expression, folding: Self.fold) }
    }

    @Test("parentheses have a limit")
    func depth() {
        let deep = String(repeating: "(", count: 65) + "a" + String(repeating: ")", count: 65)
        #expect(throws: TextQuery.Mistake.self) { try TextQuery(deep, folding: Self.fold) }
    }
}
