// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Testing

@testable import kagu

@Suite("kagu hits --text (O25)")
struct TextFilterTests {
    private func accepts(_ expression: String, _ title: String, _ summary: String = "") throws -> Bool {
        var query = HitQuery()
        query.text = try HitFilterOptions.textQuery(expression)
        var hit = Hit.sample(title: title)
        hit.summary = summary
        return query.accepts(hit)
    }

    @Test(
        "expression and text are folded as the matcher folds: case, marks, dotless i, elisions, hyphens",
        arguments: [
            ("noumea", "Émeutes à Nouméa"), ("NOUMÉA", "nouméa"), ("\"couvre-feu\"", "Un couvre feu"),
            ("\"couvre feu\"", "le couvre-feu"), ("azerbaidjan", "l'Azerbaïdjan"), ("istanbul", "İSTANBUL"),
            ("title: baku NOT talks", "Baku"), ("bakı", "BAKI"), ("нумеа", "Нумеа"), ("couvr*", "couvre-feu"),
        ])
    func folds(expression: String, title: String) throws {
        #expect(try accepts(expression, title))
        #expect(try !accepts(expression, "something else"))
    }

    @Test("a bad expression is an error in one sentence, which exits 2 (O20)")
    func mistake() throws {
        #expect(
            throws: CommandFailure(
                "--text: \"-\" stands before a column only; put words with signs in double quotes: \"couvre-feu\"")
        ) { try HitFilterOptions.textQuery("couvre-feu") }
    }
}
