// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// How `kagu` and `kagud` put index files beside the hit files: whole, through no link, and leaving nothing behind.
@Suite("Files of the indexes (O42)")
struct IndexFileTests {
    private static let file = HitFileName(day: CivilDate(year: 2026, month: 11, day: 22))
    private static let later = CivilDate(year: 2026, month: 11, day: 23)

    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory(inMemory: true)
        var bytes: [UInt8] = []
        for number in 0..<20 {
            bytes += Hit.make(id: "h_\(number)", title: "Title \(number)", watches: ["big"]).line + [0x0A]
        }
        try directory.write(bytes, to: "hits/\(Self.file)")
    }

    private var files: HitIndexFiles { HitIndexFiles(directory: directory.path) }
    private var texts: TextIndexFiles {
        TextIndexFiles(directory: directory.path) { Array($0.lowercased().utf8) }
    }

    private func isPlainFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    @Test(
        "a link that is planted at an index's temporary name is not followed (O34)",
        arguments: ["2026-11-22.idx", "2026-11-22.text"])
    func plantedLink(name: String) throws {
        let victim = try directory.write("precious\n", to: "elsewhere/victim")
        let index = directory.path("hits/\(name)")
        symlink(victim, "\(index).\(getpid()).new")
        if name.hasSuffix(".idx") { try files.rebuild(Self.file) } else { try texts.rebuild(Self.file) }
        #expect(try directory.text("elsewhere/victim") == "precious\n")
        #expect(isPlainFile(index))
        #expect(name.hasSuffix(".idx") ? files.isWhole(Self.file) : texts.isWhole(Self.file))
        #expect(try directory.names(in: "hits") == ["\(Self.file)", name].sorted())
    }

    @Test("what cannot be removed from the temporary name is an error with its path, and the old index stays (O40)")
    func occupied() throws {
        try files.rebuild(Self.file)
        let index = directory.path("hits/2026-11-22.idx")
        try directory.write("", to: "hits/2026-11-22.idx.\(getpid()).new/inside")
        let error = #expect(throws: StoreError.self) { try files.rebuild(Self.file) }
        #expect(error.map { "\($0)".contains("\(index).\(getpid()).new") } == true)
        #expect(files.isWhole(Self.file))
    }

    @Test("what a question left that was broken off while it made an index goes after a day, not before")
    func leftOver() throws {
        let old = ["2026-11-22.idx.77.new", "2026-11-21.1.idx.78.new", "2026-11-22.text.77.new"]
        let young = ["2026-11-22.idx.79.new", "2026-11-22.text.79.new"]
        let foreign = ["notes.new", "2026-11-22.idx.saved"]
        for name in old + young + foreign { try directory.write("part", to: "hits/\(name)") }
        for name in old + foreign { age(name, by: 90_000) }
        for name in young { age(name, by: 80_000) }
        try files.refresh(before: Self.later)
        try texts.refresh(before: Self.later)
        let indexes = ["2026-11-22.idx", "2026-11-22.text"]
        #expect(try directory.names(in: "hits") == (["\(Self.file)"] + indexes + young + foreign).sorted())
    }

    /// Makes a file in `hits/` look as if it had been written so many seconds ago.
    private func age(_ name: String, by seconds: Int) {
        let then = timespec(tv_sec: time(nil) - seconds, tv_nsec: 0)
        utimensat(AT_FDCWD, directory.path("hits/\(name)"), [then, then], 0)
    }
}
