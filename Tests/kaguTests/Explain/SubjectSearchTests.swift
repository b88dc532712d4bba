// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("Finding what is to be explained (M52)")
struct SubjectSearchTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory("kagu-explain", inMemory: true)
        var lines = ""
        for (index, id) in ["h_aa11", "h_aa22", "h_bb11"].enumerated() {
            var hit = Hit.sample(id, seen: Instant(seconds: 1_795_338_811 + Int64(index)))
            hit.url = "https://lagoon.example/\(index)"
            hit.baseline = index == 2
            lines += String(decoding: hit.line, as: UTF8.self) + "\n"
        }
        try directory.write(lines, to: "hits/2026-11-22.jsonl")
    }

    private func search() -> SubjectSearch { SubjectSearch(directory: directory.path, feeds: FeedDirectory([])) }

    @Test("a hit is found by its id, or by a beginning that is its alone; baseline hits too")
    func byID() throws {
        #expect(try search().subject("h_aa11").hit?.id == "h_aa11")
        #expect(try search().subject("h_b").hit?.id == "h_bb11")
    }

    @Test("a beginning that several share is refused, with the ids")
    func ambiguous() {
        #expect(
            throws: CommandFailure(
                "explain: several hits' ids begin with \"h_aa\": h_aa22, h_aa11; give more of the one meant")
        ) { try search().subject("h_aa") }
    }

    @Test("an item is found by its URL, however it is written (I2)")
    func byURL() throws {
        #expect(try search().subject("https://LAGOON.example/1?utm_source=x").hit?.id == "h_aa22")
    }

    @Test("what is not there is told, with the way on")
    func missing() {
        #expect(throws: CommandFailure.self) { try search().subject("h_zz") }
        #expect(throws: CommandFailure.self) { try search().subject("https://lagoon.example/none") }
    }

    @Test("where texts are kept, an item that matched nothing is explained, and a hit by its whole text (M52)")
    func archived() throws {
        try directory.write(
            """
            {"v":1,"id":"h_cc11","seen":"2026-11-22T09:13:31.000Z","feed":"lagoon","guid":"urn:7",\
            "url":"https://lagoon.example/quiet","title":"A <b> & c","content":"Whole text."}
            {"v":1,"id":"h_aa11","seen":"2026-11-22T09:13:31.000Z","feed":"lagoon",\
            "url":"https://lagoon.example/0","title":"All","content":"of it","lang":"en"}

            """, to: "items/2026-11-22.jsonl")
        for name in ["https://lagoon.example/quiet", "urn:7", "h_cc11"] {
            let quiet = try search().subject(name)
            #expect(quiet.hit == nil && quiet.origin == .archive && quiet.text.content == "Whole text.", "\(name)")
            #expect(quiet.document.title == "A <b> & c", "plain text is not read as HTML again")
        }
        let hit = try search().subject("h_aa1")
        #expect(hit.hit?.id == "h_aa11" && hit.origin == .archive && hit.text.content == "of it")
        #expect(hit.document.sourceClass == .independent && hit.document.country == "NZ")
        #expect(try search().subject("h_bb").origin == .hit)
    }
}
