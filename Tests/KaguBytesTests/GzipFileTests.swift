// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import Testing

/// gzip files, block by block (RFC 1952).
@Suite("Gzip files")
struct GzipFileTests {
    private func withFile<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) rethrows -> Value {
        let path = "/tmp/kagu-gzip.\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(path) }
        let file = fopen(path, "wb")
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
        return try body(path)
    }

    private func read(_ path: String, by count: Int = 1000) throws -> [UInt8] {
        let reader = try GzipFileReader(path)
        var all: [UInt8] = []
        while case let block = try reader.read(upTo: count), !block.isEmpty { all += block }
        return all
    }

    private let text = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }

    @Test("what was written in parts is read back in parts, and by any gzip (RFC 1952)")
    func roundTrip() throws {
        try withFile([]) { path in
            let writer = try GzipFileWriter(path)
            try writer.write(text[..<70_000])
            try writer.write(text[70_000...])
            try writer.finish()
            #expect(try read(path) == text)
            let file = fopen(path, "rb")
            defer { fclose(file) }
            var packed = [UInt8](repeating: 0, count: 200_000)
            packed.removeSubrange(fread(&packed, 1, packed.count, file)...)
            #expect(try Gzip.inflate(packed, limit: 1 << 20) == text)
        }
    }

    @Test("members follow each other, and a plain file is read as it is (RFC 1952 §2.2)")
    func membersAndPlain() throws {
        try withFile(Gzip.deflate(text) + Gzip.deflate([1, 2, 3])) { path in
            let read = try read(path)
            #expect(read == text + [1, 2, 3])
        }
        try withFile(text) { path in
            let read = try read(path, by: 77_777)
            #expect(read == text)
        }
        #expect(throws: GzipFileError.cannotOpen) { _ = try GzipFileReader("/nonexistent/file") }
        #expect(throws: GzipFileError.cannotOpen) { _ = try GzipFileWriter("/nonexistent/file") }
        #expect(throws: GzipFileError.cannotWrite) {
            let writer = try GzipFileWriter("/dev/full")
            try writer.write(text)
            try writer.finish()
        }
    }

    @Test("a file that ends too early, or is damaged, gives what it can, then says so")
    func damage() throws {
        let packed = Gzip.deflate(text)
        withFile(Array(packed.dropLast(500))) { path in
            _ = #expect(throws: GzipFileError.truncated) { try read(path) }
        }
        var bent = packed
        bent[packed.count / 2] ^= 0xFF
        withFile(bent) { path in _ = #expect(throws: GzipFileError.damaged) { try read(path) } }
    }
}
