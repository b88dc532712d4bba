// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguConfig
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu watches check (M56–M58)")
struct WatchCheckTests {
    @Test("sound files are fine, in one line")
    func fine() throws {
        #expect(try WatchFiles().report == "1 file, 3 entities, 1 group, 2 topics, 2 watches: fine\n")
    }

    @Test("mistakes of shape and of meaning, in all files, are told in one run with line and caret (M56)")
    func oneRun() throws {
        let files = try WatchFiles([
            "a.yaml": "entities:\n  - {id: org.a, kind: organization, name: A, aliases: {en: [Alpha Beta]}}\n",
            "b.yaml": "watches:\n  - {id: w, title: W, when: '@org.b', severty: low}\n",
        ])
        #expect(
            files.report == """
                a.yaml:2:23: entities[0].kind: "organization" is not known here; did you mean "organisation"?
                      - {id: org.a, kind: organization, name: A, aliases: {en: [Alpha Beta]}}
                                          ^
                b.yaml:2:30: there is no entity or group "org.b"; did you mean "org.a"?
                      - {id: w, title: W, when: '@org.b', severty: low}
                                                 ^
                b.yaml:2:39: watches[0]: unknown key "severty"; did you mean "severity"?
                      - {id: w, title: W, when: '@org.b', severty: low}
                                                          ^

                2 files, 1 entity, 0 groups, 0 topics, 1 watch: 3 errors

                """)
    }

    @Test("a mistake inside a folded expression is shown in its own line (M56)")
    func folded() throws {
        let files = try WatchFiles([
            "watches.yaml": WatchFiles.harbour.replacing("@group.islands)", with: "@group.isles)")
        ])
        let line = try #require(
            WatchFiles.harbour.split(separator: "\n").firstIndex { $0.contains("(@org.union OR") }.map { $0 + 1 })
        let errors = files.check.errors
        #expect(errors.count == 1)
        #expect(errors.first?.location?.line == line)
        #expect(errors.first?.location?.column == 22)
        #expect(errors.first?.excerpt?.contains("          (@org.union OR @group.isles)\n") ?? false)
        #expect(errors.first?.message.hasPrefix("there is no entity or group \"group.isles\"") ?? false)
    }

    @Test("a quotation mark that YAML escapes does not move the caret (M56)")
    func escaped() throws {
        let files = try WatchFiles([
            "w.yaml": "watches:\n  - id: w\n    when: \"\\\"a b\\\" AND @org.x\"\n"
        ])
        #expect(files.check.errors.first?.location?.column == 24)
    }

    @Test("an entity with a mistake in it is not missed by those who name it (M56)")
    func cascade() throws {
        let files = try WatchFiles([
            "w.yaml": """
            entities:
              - {id: org.a, kind: organisation, name: A, aliases: [Alpha, Beta]}
            watches:
              - {id: w, when: '@org.a'}
            """
        ])
        #expect(
            files.check.errors.map(\.message) == [
                "entities[0].aliases: is a list but must be a mapping of language codes to lists"
            ])
    }

    @Test("where a file is no YAML, others are not blamed for naming its ids (M56)")
    func unreadable() throws {
        let files = try WatchFiles([
            "a.yaml": "entities: [", "b.yaml": "watches:\n  - {id: w, when: '@org.a and @org.b'}\n",
        ])
        let errors = files.check.errors.map(\.message)
        #expect(errors.count == 2)
        #expect(errors.first?.hasPrefix("not YAML") ?? false)
        #expect(errors.last == "keywords are upper case; write AND for \"and\"")
    }

    @Test(
        "YAML that cannot be read is told in our words where we know them (M56)",
        arguments: [
            ("entities:\n\t- id: org.a\n", "2:1: not YAML: a tab indents this line; write spaces"),
            (
                "watches:\n  - id: w\n    when: @org.a\n",
                "3:11: not YAML: a value may not begin with \"@\"; put it in quotes"
            ),
            (
                "watches:\n  - id: 'w\n",
                "2:9: not YAML: the quotation mark that opens here is closed nowhere; close it"
            ),
            ("- id: org.a\n", "1:1: is a list, but a watch file names what it holds; write entities:, "),
            (
                "topics:\n  - {id: Un rest, terms: {en: [curfew]}}\n",
                "2:10: topics[0].id: \"Un rest\" is no id; use a-z, 0-9, "
            ),
            ("watches:\n  - {id: w, when: 'riot'}\n", "2:20: bare word \"riot\"; put phrases in double quotes\n"),
        ])
    func words(_ text: String, _ message: String) throws {
        #expect(try WatchFiles(["w.yaml": text]).report.hasPrefix("w.yaml:\(message)"))
    }

    @Test("warnings have their lines too, and come after the errors (M58)")
    func warnings() throws {
        let files = try WatchFiles([
            "w.yaml": """
            entities:
              - {id: org.a, kind: organisation, name: A, aliases: {en: [ABC, {text: Alphabet, verify: true}]}}
            watches:
              - {id: w, when: '@org.b'}
            """
        ])
        #expect(files.check.warnings.map(\.location?.line) == [2, 2])
        #expect(files.check.warnings.allSatisfy { $0.excerpt != nil })
        #expect(files.report.hasSuffix("1 error, 2 warnings\n"))
        #expect(files.report.contains("warning: the alias \"Alphabet\" is marked verify\n"))
    }

    @Test("as JSON, a problem has file, line, column and message (O19)")
    func json() throws {
        let files = try WatchFiles(["w.yaml": "watchs: []\n"])
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(files.check.json.utf8)) as? [String: Any])
        let error = try #require((object["errors"] as? [[String: Any]])?.first)
        #expect(error["line"] as? Int == 1 && error["column"] as? Int == 1)
        #expect(error["message"] as? String == "unknown key \"watchs\"; did you mean \"watches\"?")
        #expect((object["warnings"] as? [Any])?.isEmpty ?? false)
    }
}

@Suite("kagu watches list (M53)")
struct WatchListTests {
    private func text(_ format: OutputFormat) throws -> String {
        WatchListPrinter(format: format, terminal: .plain).text(try WatchFiles().reading.watchlist.watches)
    }

    @Test("a watch is one line, its expression too")
    func short() throws {
        #expect(
            try text(.short).split(separator: "\n").first
                == "high     strikes Strikes on the islands: #strike AND (@org.union OR @group.islands) unless #sport"
        )
    }

    @Test("JSON has the keys of the watch file, and where it is written")
    func json() throws {
        let array = try #require(
            JSONSerialization.jsonObject(with: Data(try text(.json).utf8)) as? [[String: Any]])
        #expect(array.map { $0["id"] as? String } == ["strikes", "union"])
        #expect(array[0]["when"] as? String == "#strike AND (@org.union OR @group.islands)")
        #expect(array[1]["threshold"] as? Int == 30 && array[1]["enabled"] as? Bool == true)
        #expect((array[1]["defined_at"] as? String)?.hasSuffix("watches.yaml:24:5") ?? false)
    }

    @Test("table and CSV have a row for each watch")
    func rows() throws {
        #expect(try text(.table).split(separator: "\n").count == 3)
        #expect(try text(.csv).hasPrefix("id,title,severity,threshold,enabled,when,unless,"))
        #expect(try text(.csv).contains("union,The union,medium,30,true,'@org.union,,"))
    }
}
