// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// A directory of a test's own, removed with all that is in it when the object is released.
public final class TemporaryDirectory: Sendable {
    /// Its absolute path, without a trailing slash.
    public let path: String

    /// Makes a new directory under `TMPDIR`, else `/tmp`; `inMemory`, where that is to be had, for tests that are not
    /// about disks. Throws when the system refuses.
    public init(_ label: String = "kagu", inMemory: Bool = false) throws {
        let usual = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let parent = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : usual
        var template = Array("\(parent)/\(label).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw CocoaError(.fileWriteUnknown) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file or directory in it.
    public func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file (UTF-8), with the directories on its way; returns its path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Writes a file, with the directories on its way; returns its path.
    @discardableResult
    public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = path(name)
        if let slash = path.lastIndex(of: "/") {
            try FileManager.default.createDirectory(
                atPath: String(path[..<slash]), withIntermediateDirectories: true)
        }
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    /// The bytes of a file.
    public func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: path(name)))) }

    /// The text of a file (UTF-8).
    public func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

    /// The names in it (or in a directory in it), sorted.
    public func names(in name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: name.isEmpty ? path : path(name)).sorted()
    }
}
