// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// Compares output with a file beside its test. With `KAGU_RECORD=1` in the environment the file is written anew,
/// and the test fails, so that no recording passes for a check.
public enum Golden {
    /// Throws unless `actual` equals the file `name` in the directory of the calling file (`Fixtures/feed.json`).
    public static func expect(_ actual: String, equals name: String, beside file: String = #filePath) throws {
        let directory = file.lastIndex(of: "/").map { file[..<$0] } ?? "."
        let path = "\(directory)/\(name)"
        if getenv("KAGU_RECORD").map({ String(cString: $0) }) == "1" {
            let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(actual.utf8).write(to: URL(filePath: path))
            throw GoldenMismatch("recorded \(path); run again without KAGU_RECORD")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw GoldenMismatch("\(path) does not exist; run with KAGU_RECORD=1 to record it")
        }
        let expected = String(decoding: data, as: UTF8.self)
        guard expected != actual else { return }
        throw GoldenMismatch(difference(from: expected, to: actual, path: path))
    }

    /// The first line that differs.
    private static func difference(from expected: String, to actual: String, path: String) -> String {
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let index =
            zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
        let left = index < old.count ? String(old[index]) : "(end)"
        let right = index < new.count ? String(new[index]) : "(end)"
        return "\(path):\(index + 1): expected\n  \(left)\ngot\n  \(right)"
    }
}

/// Output that differs from its golden file.
public struct GoldenMismatch: Error, CustomStringConvertible {
    /// Where and how.
    public let description: String

    init(_ description: String) { self.description = description }
}
