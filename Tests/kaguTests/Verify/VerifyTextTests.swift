// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import KaguTestSupport
import Testing

@testable import kagu

/// What `kagu verify` and `kagu reindex` print (O27).
@Suite struct VerifyTextTests {
    private let directory: TemporaryDirectory
    private let now = Instant(seconds: 1_795_338_000)

    init() throws { directory = try TemporaryDirectory("kagu-verify", inMemory: true) }

    private func make() async throws {
        let (store, _) = try Store.open(directory: directory.path("state"), at: now)
        await store.close()
    }

    private func text() throws -> String {
        let path = directory.path("state")
        return VerifyText(try StateVerifier(directory: path).run(), directory: "STATE").text
    }

    @Test("one line for each finding with file and line, then one in sum; a sound state is one line")
    func verify() async throws {
        try await make()
        #expect(try text() == "STATE: 0 files, 0 hits, 0 digests: sound\n")
        try directory.write("rubbish\n{\"v\":9}\n", to: "state/hits/2026-11-22.jsonl")
        #expect(
            try text() == """
                hits/2026-11-22.jsonl:1: it is no hit: not JSON, or a member is missing or of the wrong type
                STATE: 1 file, 0 hits, 0 digests, 1 line of a later version: 1 problem

                """)
    }

    @Test("reindex tells what it has read in one line")
    func reindex() async throws {
        try await make()
        try directory.write("rubbish\n", to: "state/hits/2026-11-22.jsonl")
        let summary = try Store.reindex(directory: directory.path("state"), at: now)
        #expect(ReindexText(summary).text == "0 hits indexed, 1 bad line copied to quarantine/\n")
    }
}
