// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// What could not be read once counts as not read: no mark and no index goes past it (D1, O38).
@Suite("Stretches of day files that could not be read (O38)")
struct UnreadStretchTests {
    private let fixture: StateFixture
    private static let day = "2026-11-22.jsonl"

    init() throws { fixture = try StateFixture(inMemory: true) }

    @Test(
        "a poll of a day whose file could not be read at start leaves its watermark: its lines are still told (D1)")
    func watermark() async throws {
        let store = try fixture.openStore()
        try await store.poll([.make(id: "1", title: "Baku 1")], at: fixture.now)
        await store.close()
        let untold = Hit.make(
            id: HitIdentity.hit(feedID: "a", key: "1", revision: 0), seen: fixture.now + .seconds(60),
            title: "Baku untold")
        try fixture.append(fixture.foreignLine(untold))
        // A name that leads to itself: root cannot open that either.
        let path = fixture.path + "/hits/\(Self.day)"
        rename(path, fixture.path + "/aside")
        symlink(Self.day, path)
        let (blind, recovery) = try fixture.open()
        #expect(recovery.unreadable.map(\.file.description) == [Self.day] && recovery.hits.isEmpty)
        unlink(path)
        rename(fixture.path + "/aside", path)
        // The poll appends to the file that can be read again, and its commit would move the mark behind all lines.
        let poll = try await blind.poll([.make(id: "2", title: "Baku 2")], at: fixture.now + .seconds(120))
        #expect(poll.hitLines == 1)
        #expect(try fixture.lines().count == 3)
        await blind.close()
        let (seeing, next) = try fixture.open()
        #expect(next.hits == [untold] && next.unreadable.isEmpty)
        await seeing.close()
    }

    @Test(
        "an index that would be made while a stretch of its day cannot be read does not replace the good one (O38)")
    func index() async throws {
        let store = try fixture.openStore()
        let items = (0..<900).map {
            Item.make(id: "\($0)", title: "Baku \($0)", summary: String(repeating: "word \($0) ", count: 90))
        }
        try await store.poll(items, at: fixture.now)
        let kept = await store.keepFiles(
            at: fixture.now + .seconds(3 * 86_400), HitKeeping(compressAfter: .seconds(86_400)))
        #expect(kept.compressed == 1)
        await store.close()
        let file = HitFileName(day: fixture.now.day)
        let files = HitIndexFiles(directory: fixture.path)
        let texts = TextIndexFiles(directory: fixture.path) { Array($0.lowercased().utf8) }
        #expect(try files.rebuild(file).hits == 900)
        #expect(try texts.rebuild(file).lines == 900)
        let names = ["state/hits/2026-11-22.idx", "state/hits/2026-11-22.text"]
        let whole = try names.map { try fixture.directory.bytes($0) }
        let name = "state/hits/\(Self.day).gz"
        let good = try fixture.directory.bytes(name)
        var bad = good
        bad[bad.count / 2] ^= 0xFF
        try fixture.directory.write(bad, to: name)
        #expect(try files.rebuild(file) == HitIndexFiles.Summary())
        #expect(try texts.rebuild(file) == TextIndexFiles.Summary())
        #expect(try names.map { try fixture.directory.bytes($0) } == whole)
        // Nor is one made where there was none: it would hide the stretch for ever.
        for name in names { unlink(fixture.directory.path(name)) }
        try files.refresh(before: (fixture.now + .seconds(86_400)).day)
        try texts.refresh(before: (fixture.now + .seconds(86_400)).day)
        #expect(names.allSatisfy { access(fixture.directory.path($0), F_OK) != 0 })
        try fixture.directory.write(good, to: name)
        #expect(HitReader(directory: fixture.path).hits(HitQuery()).count == 900)
    }
}
