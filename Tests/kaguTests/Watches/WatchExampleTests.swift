// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguConfig
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu watches test (M60, M61)")
struct WatchExampleTests {
    private func report(_ lines: String...) throws -> ExampleReport {
        var examples = ExampleSet()
        for (index, line) in lines.enumerated() {
            examples.add(Array(line.utf8), at: ExamplePlace(file: "e.jsonl", line: index + 1))
        }
        let trial = try ExampleTrial(
            try WatchFiles().reading.watchlist, examples, feeds: FeedDirectory([]), now: .sample)
        var report = ExampleReport(examples)
        for (place, example) in examples.examples { report.add(trial.run(place, example)) }
        return report
    }

    @Test("an example passes if all that must be found is, and nothing that must not (M60)")
    func passes() throws {
        let report = try report(
            #"{"id":"a","kind":"match","lang":"en","text":"The Harbour Union met.","must":["org.union"],"not":["place.lagoon"]}"#,
            #"{"id":"b","kind":"match","lang":"fr","text":"Le Lagon bleu.","must":["place.lagoon"],"not":[]}"#)
        #expect(report.status == .fine)
        #expect(report.text(Paint(false)) == "by language: en 1/1, fr 1/1\npassed 2 failed 0\n")
    }

    @Test("must and not may name groups, topics and watches too")
    func otherIDs() throws {
        let report = try report(
            #"{"id":"a","kind":"match","title":"Strike on Far Atoll","text":"A walkout.","must":["group.islands","topic.strike","strikes"],"not":["union"]}"#
        )
        #expect(report.status == .fine, "\(report.text(Paint(false)))")
    }

    @Test("a failure tells what was expected, what was found, and each mention with state and reason (M61)")
    func fails() throws {
        let report = try report(
            #"{"id":"a","kind":"match","lang":"en","text":"HWU said no.","must":["org.union"],"why":"the acronym"}"#,
            #"{"id":"b","kind":"match","lang":"en","text":"Blue Lagoon shines.","not":["place.lagoon"]}"#)
        #expect(report.status == .negative)
        #expect(
            report.text(Paint(false)) == """
                FAIL e.jsonl:1 a (en): the acronym
                  content  HWU said no.
                  expected org.union: no mention counts
                    rejected no-anchor org.union "HWU" in content at 0: HWU said no.

                FAIL e.jsonl:2 b (en)
                  content  Blue Lagoon shines.
                  not expected place.lagoon: found
                    accepted plain place.lagoon "Blue Lagoon" in content at 0: Blue Lagoon shines.

                by language: en 0/2
                passed 0 failed 2

                """)
    }

    @Test("a near example fails with the parts of its expression (M60)")
    func near() throws {
        let report = try report(
            #"{"id":"n","kind":"near","lang":"en","text":"Harbour Union. Blue Lagoon.","checks":[{"when":"@org.union NEAR/5s @place.lagoon","result":false},{"when":"@org.union NEAR/5f @place.lagoon AND @place.atoll","result":true}]}"#
        )
        let text = report.text(Paint(false))
        #expect(report.total == ExampleReport.Count(passed: 0, failed: 1))
        #expect(text.contains("  expected @org.union NEAR/5f @place.lagoon AND @place.atoll: it does not hold\n"))
        #expect(
            text.contains("    - AND\n      + @org.union NEAR/5f @place.lagoon\n      - @place.atoll  ← decides\n"))
        #expect(!text.contains("NEAR/5s @place.lagoon: "))
    }

    @Test("an id or expression that does not exist fails its example, with the nearest word (M56, M61)")
    func unknown() throws {
        let report = try report(
            #"{"id":"a","kind":"match","text":"x","not":["place.lagon"]}"#,
            #"{"id":"b","kind":"near","text":"x","checks":[{"when":"@place.lagon","result":false}]}"#)
        #expect(report.total.failed == 2)
        let text = report.text(Paint(false))
        #expect(text.contains("not expected place.lagon: no such id; did you mean \"place.lagoon\"?"))
        #expect(text.contains("there is no entity or group \"place.lagon\"; did you mean \"place.lagoon\"?"))
    }

    @Test("other kinds are counted and not run; a line that is no example is told by its line and exits 2")
    func others() throws {
        let report = try report(
            #"{"id":"s","kind":"stance","text":"x","expect":"y"}"#, #"{"id":"m","kind":"match","text":"x"}"#,
            "nonsense",
            #"{"kind":"match","text":"x","must":[]}"#)
        #expect(report.status == .error)
        #expect(report.otherKinds == ["stance": 1])
        #expect(
            report.mistakes == [
                "e.jsonl:2: m: asks nothing; give must or not",
                "e.jsonl:3: not valid JSON; write one object a line",
                "e.jsonl:4: no \"id\"; an example needs id, kind and text",
            ])
    }

    @Test("as JSON, a failure has its expectations and mentions (O19)")
    func json() throws {
        let report = try report(
            #"{"id":"a","kind":"match","lang":"en","text":"HWU said no.","must":["org.union"]}"#)
        let object = try #require(JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["failed"] as? Int == 1 && object["passed"] as? Int == 0)
        let failure = try #require((object["failures"] as? [[String: Any]])?.first)
        let expectation = try #require((failure["expectations"] as? [[String: Any]])?.first)
        #expect(expectation["subject"] as? String == "org.union" && expectation["expected"] as? Bool == true)
        #expect((expectation["mentions"] as? [[String: Any]])?.first?["reason"] as? String == "no-anchor")
    }

    @Test("without FILE the examples beside the watch files are run (M61)")
    func defaultFiles() throws {
        let files = try WatchFiles([
            "w/a.yaml": "", "w/examples/b.jsonl": "", "w/examples/a.jsonl": "", "w/examples/c.txt": "",
        ])
        let path = files.directory.path("w")
        #expect(
            WatchesTestCommand.defaultFiles(beside: ["\(path)/a.yaml", "\(path)/b.yaml"])
                == ["\(path)/examples/a.jsonl", "\(path)/examples/b.jsonl"])
    }
}
