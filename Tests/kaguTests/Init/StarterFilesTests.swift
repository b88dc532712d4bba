// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu init (O29)")
struct StarterFilesTests {
    @Test("what it writes is a configuration without problems, and its watch passes its examples (O29)")
    func fine() throws {
        let directory = try TemporaryDirectory("kagu-init", inMemory: true)
        let target = directory.path("new")
        let outcome = try StarterFiles(target + "/").write()
        #expect(outcome.kept.isEmpty)
        #expect(
            outcome.written == [
                "\(target)/kagu.yaml", "\(target)/feeds/feeds.yaml", "\(target)/watches/example.yaml",
                "\(target)/watches/examples/example.jsonl",
            ])
        let check = CheckOutcome.of(
            path: "\(target)/kagu.yaml", stateDirectory: nil, ConfigLoader(environment: [:], secrets: .reported))
        #expect(check.isFine)
        #expect(check.warnings.isEmpty)
        #expect(check.config?.feeds.count == 1)
        #expect(check.config?.store.directory == "\(target)/state")
        let reading = ConfigLoader(environment: [:]).readWatches(["\(target)/watches"])
        var examples = ExampleSet()
        try examples.read("\(target)/watches/examples/example.jsonl")
        let trial = try ExampleTrial(
            reading.watchlist, examples, feeds: FeedDirectory([]), now: Instant(milliseconds: 0))
        var report = ExampleReport(examples)
        for (place, example) in examples.examples { report.add(trial.run(place, example)) }
        #expect(examples.examples.count == 2)
        #expect(report.status == .fine)
    }

    @Test("a file that is there stays as it is; the state of /etc/kagu is in /var/lib/kagu (O29)")
    func keeps() throws {
        let directory = try TemporaryDirectory("kagu-init", inMemory: true)
        try directory.write("store: {dir: mine}\n", to: "kagu.yaml")
        let outcome = try StarterFiles(directory.path).write()
        #expect(outcome.kept == [directory.path("kagu.yaml")])
        #expect(outcome.written.count == 3)
        #expect(try directory.text("kagu.yaml") == "store: {dir: mine}\n")
        #expect(try StarterFiles(directory.path).write().written.isEmpty)
        #expect(StarterFiles("/etc/kagu/").texts.first?.text.contains("dir: /var/lib/kagu\n") == true)
    }
}
