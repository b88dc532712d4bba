// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel
import KaguTestSupport
import Testing

@testable import KaguStore

/// Compressed days are read as plain ones are (O42).
@Suite struct DayCompressionTests {
    private let directory: TemporaryDirectory
    private let name = "2026-11-22.jsonl"
    private var path: String { directory.path(name) }

    init() throws { directory = try TemporaryDirectory("kagu-day") }

    /// Lines of very different lengths, about 1.5 MB.
    private func lines() -> [String] {
        (0..<3_000).map { number in
            let text = (0..<(number % 97)).map { "\($0 * number)" }.joined(separator: " ")
            return "{\"v\":1,\"id\":\"h_\(number)\",\"text\":\"\(text)\"}"
        } + [String(repeating: "x", count: 700_000)]
    }

    private func write() throws -> [UInt8] {
        let bytes = Array(lines().map { $0 + "\n" }.joined().utf8)
        try directory.write(bytes, to: name)
        return bytes
    }

    private func compress() throws {
        let compression = DayCompression(path: path)
        _ = try compression.run()
        try compression.replacePlainFile()
    }

    private struct Unreadable: Error {}

    private func open(_ path: String) throws -> LineReader {
        guard let reader = LineReader(path) else { throw Unreadable() }
        return reader
    }

    private func read() throws -> [String] {
        var found: [String] = []
        let reader = try open(path)
        reader.forward(0..<reader.size) { line in
            found.append(String(decoding: line.bytes, as: UTF8.self))
            return true
        }
        return found
    }

    @Test("a compressed day has the same lines at the same offsets, forward and backward, and is smaller (O42)")
    func sameLines() throws {
        let plain = try write()
        try compress()
        #expect(try directory.names() == ["\(name).gz"])
        #expect(try directory.bytes("\(name).gz").count < plain.count / 2)
        #expect(try Gzip.inflate(directory.bytes("\(name).gz"), limit: 1 << 30) == plain)
        let reader = try open(path)
        #expect(reader.isCompressed && reader.size == plain.count && reader.damage().isEmpty)
        #expect(try read() == lines())
        var backward: [String] = []
        reader.backward(0..<reader.size) { line in
            backward.append(String(decoding: line.bytes, as: UTF8.self))
            return true
        }
        #expect(backward.reversed() == lines())
        for start in stride(from: 0, to: plain.count, by: 99_991) {
            let range = start..<min(plain.count, start + 5_000)
            #expect(reader.bytes(range) == Array(plain[range]))
        }
    }

    @Test(
        "a kill at any step leaves every line once: with both files, or a part of one, the day reads the same (O42)"
    )
    func killed() throws {
        _ = try write()
        let compression = DayCompression(path: path)
        _ = try compression.run()
        // Killed before the rename.
        #expect(HitFileName.list(in: directory.path).map(\.description) == [name])
        #expect(try read() == lines())
        // Killed between rename and removal.
        let plain = try directory.bytes(name)
        try compression.replacePlainFile()
        try directory.write(plain, to: name)
        #expect(HitFileName.list(in: directory.path).map(\.description) == [name])
        #expect(try read() == lines())
        try compress()
        #expect(try read() == lines())
        #expect(try directory.names() == ["\(name).gz"])
    }

    @Test("a damaged member costs its own lines only; the lines behind it keep their offsets (O38, T8)")
    func damaged() throws {
        let plain = try write()
        try compress()
        let whole = try directory.bytes("\(name).gz")
        var starts: [Int] = []
        while let next = GzipMembers.nextHeader(in: whole, from: starts.last.map { $0 + 1 } ?? 0) {
            starts.append(next)
        }
        #expect(starts.count >= 3)
        // In header, body and trailer of the second member; and the file's first and last byte.
        let places = [starts[1], starts[1] + 17, starts[1] + 21, starts[1] + 500, starts[2] - 6, starts[2] - 2]
        for place in places + [0, 16, 20, whole.count - 1] {
            var damaged = whole
            damaged[place] ^= 0x41
            try directory.write(damaged, to: "\(name).gz")
            let reader = try open(path)
            #expect(reader.size == plain.count && reader.damage().count == 1, "byte \(place)")
            let good = Set(lines())
            let found = try read()
            #expect(found.count(where: good.contains) > 1_000, "byte \(place)")
        }
    }

    @Test("a file with a torn line is not compressed; a gzip file of another's making is read too (O35, O42)")
    func otherFiles() throws {
        try directory.write("{\"v\":1}\n{\"v\"", to: name)
        #expect(throws: StoreError.self) { try DayCompression(path: path).run() }
        #expect(try directory.names() == [name])
        try directory.write(Gzip.deflate(Array("one\ntwo\n".utf8)), to: "2026-11-23.jsonl.gz")
        let reader = try open(directory.path("2026-11-23.jsonl"))
        #expect(reader.bytes(0..<reader.size) == Array("one\ntwo\n".utf8))
        try directory.write("rubbish", to: "2026-11-24.jsonl.gz")
        #expect(throws: Unreadable.self) { _ = try open(directory.path("2026-11-24.jsonl")) }
    }
}
