// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import kagu

@Suite("kagu demo (O29)")
struct DemoTests {
    private func locate(_ executable: String, _ present: Set<String>) throws -> DemoData {
        try DemoData.locate(executable: executable) { present.contains($0) }
    }

    @Test("the data is found installed, in /etc, and in the build tree")
    func located() throws {
        let share = "/usr/share/kagu/feeds/demo"
        let installed = try locate("/usr/bin/kagu", ["/usr/bin/kagud", share + "/demo.yaml", "/etc/kagu/watches"])
        #expect(installed == DemoData(daemon: "/usr/bin/kagud", feeds: share, watches: "/etc/kagu/watches"))
        let build = "/src/kagu/.build/debug"
        let tree: Set = [build + "/kagud", "/src/kagu/feeds/demo/demo.yaml", "/src/kagu/config/watches"]
        #expect(try locate(build + "/kagu", tree).feeds == "/src/kagu/feeds/demo")
    }

    @Test("what is missing is named")
    func missing() {
        #expect(throws: CommandFailure("demo: /usr/bin/kagud: not there; build or install kagud beside kagu")) {
            try locate("/usr/bin/kagu", [])
        }
        #expect(throws: CommandFailure.self) { try locate("/usr/bin/kagu", ["/usr/bin/kagud"]) }
    }

    @Test("dates are filled in between bytes of any encoding")
    func placeholders() {
        let filled = DatePlaceholder.filled([0xCF, 0xE0] + Array("{{now}}|{{now_iso}}|{{no}".utf8), at: .sample)
        #expect(filled.prefix(2) == [0xCF, 0xE0])
        #expect(
            String(decoding: filled.dropFirst(2), as: UTF8.self)
                == "Sun, 22 Nov 2026 09:13:31 +0000|2026-11-22T09:13:31Z|{{no}")
    }

    @Test("the origin answers 304 to its own validators only; the tag decides (RFC 9110 §13.2.2)")
    func validators() {
        let page = OriginPage(document: [1, 2, 3], changed: .sample)
        #expect(page.lastModified == "Sun, 22 Nov 2026 09:13:31 GMT")
        #expect(page.isUnchanged(ifNoneMatch: page.tag, ifModifiedSince: nil))
        #expect(page.isUnchanged(ifNoneMatch: nil, ifModifiedSince: page.lastModified))
        #expect(!page.isUnchanged(ifNoneMatch: "\"other\"", ifModifiedSince: page.lastModified))
        #expect(!page.isUnchanged(ifNoneMatch: nil, ifModifiedSince: nil))
    }

    @Test("the round ends when nothing is owed and all is calm, never before the first message")
    func progress() {
        var progress = DemoProgress(awaited: ["a"])
        progress.served = ["a"]
        #expect(!progress.isOver(after: .seconds(20)))
        #expect(progress.isOver(after: DemoProgress.limit))
        progress.received = 1
        progress.lastNews = .seconds(3)
        #expect(!progress.isOver(after: .seconds(4)))
        #expect(progress.isOver(after: .seconds(5)))
        progress.owed = 1
        #expect(!progress.isOver(after: .seconds(9)))
    }

    @Test("the daemon is always ended, and its exit is noticed")
    func daemonEnds() async throws {
        let directory = try TemporaryDirectory()
        let script = try directory.write("#!/bin/sh\necho hello\nexec sleep 60\n", to: "kagud")
        chmod(script, 0o755)
        var daemon = try DemoDaemon.start(script, configuration: "x", log: directory.path("log"))
        let pid = daemon.pid
        #expect(daemon.ended() == nil)
        await daemon.stop()
        #expect(daemon.ended() != nil)
        #expect(kill(pid, 0) != 0)
    }
}

@Suite("State from the files (O24, H4)")
struct StateTests {
    @Test("health: not running, healthy, degraded by a quarter of failing feeds")
    func health() {
        var snapshot = StateSnapshot(directory: "/s")
        #expect(StatusReport(snapshot: snapshot, now: .sample).health == .stopped)
        snapshot.isRunning = true
        snapshot.feeds = [.ok: 4, .failing: 1]
        #expect(StatusReport(snapshot: snapshot, now: .sample).health == .healthy)
        snapshot.feeds = [.ok: 3, .failing: 1]
        #expect(StatusReport(snapshot: snapshot, now: .sample).problems == ["1 of 4 feeds fail"])
        #expect(
            StatusReport(snapshot: snapshot, now: .sample).json.hasPrefix(
                "{\"health\":\"degraded\",\"running\":true"))
    }

    @Test("the lock tells whether a daemon runs, and its number (O39)")
    func lock() throws {
        let directory = try TemporaryDirectory()
        #expect(DaemonLock.holder(directory.path("lock")) == DaemonLock.Holder())
        let path = try directory.write("4711\n", to: "lock")
        #expect(DaemonLock.holder(path) == DaemonLock.Holder())
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        #expect(DaemonLock.holder(path) == DaemonLock.Holder(isHeld: true, pid: 4711))
    }

    @Test("feeds never polled are new, disabled ones are left out, members are those of H4")
    func rows() {
        let rows = FeedRow.join(
            [
                Feed(id: "a", url: "https://u:p@a.example/"),
                Feed(id: "b", url: "https://b.example/", isEnabled: false),
            ], [:])
        let terminal = Terminal(isTerminal: false, usesColour: false, columns: 80)
        #expect(
            FeedRowPrinter(terminal: terminal, clock: .utc).list(.jsonl).text(rows) == """
                {"id":"a","url":"https://a.example/","title":"a","state":"new","failures":0,"paused":false}\n
                """)
    }
}

@Suite("kagu check (O23)")
struct CheckTests {
    @Test("errors come before warnings, each sorted by place, then the sum")
    func report() {
        var outcome = CheckOutcome(config: nil, errors: [], warnings: [])
        outcome.add([
            ConfigProblem(
                "second", at: SourceLocation(file: "a.yaml", line: 2, column: 1), excerpt: "    x\n    ^"),
            ConfigProblem("odd", at: SourceLocation(file: "a.yaml", line: 1, column: 1), severity: .warning),
            ConfigProblem("first", at: SourceLocation(file: "a.yaml", line: 1, column: 5)),
        ])
        #expect(
            CheckReport(outcome: outcome, path: "a.yaml", paint: Paint(false)).text
                == "a.yaml:1:5: first\na.yaml:2:1: second\n    x\n    ^\na.yaml:1:1: warning: odd\na.yaml: 2 problems, 1 warning\n"
        )
    }
}
