// SPDX-License-Identifier: Apache-2.0

/// What `kagu verify` has found (O27).
public struct VerifyReport: Hashable, Sendable, Encodable {
    /// One thing that is not as it should be.
    public struct Finding: Hashable, Sendable, Encodable {
        /// The file, below the state directory.
        public var file: String
        /// The line, counted from 1; nil where it is about the whole file.
        public var line: Int?
        /// What is wrong with it, in words.
        public var problem: String
    }

    /// At most so many findings are listed; the others are counted.
    public static let maximumFindings = 1_000

    /// The first findings, in order of the files; those of the database last.
    public internal(set) var findings: [Finding] = []
    /// How many there are.
    public internal(set) var findingCount = 0
    /// Hit files read.
    public internal(set) var files = 0
    /// Lines that are hits.
    public internal(set) var hits = 0
    /// Lines whose id stands in an earlier line, as after a failed sync: not wrong (O37).
    public internal(set) var repeatedLines = 0
    /// Lines of a later version, left alone.
    public internal(set) var newerLines = 0
    /// Hits that are not indexed yet: a daemon is writing them, or the next start routes them.
    public internal(set) var unindexedHits = 0
    /// Sealed days whose digest was compared.
    public internal(set) var digests = 0

    /// Whether all is as it should be.
    public var isSound: Bool { findingCount == 0 }

    mutating func add(_ file: String, line: Int? = nil, _ problem: String) {
        findingCount += 1
        guard findings.count < Self.maximumFindings else { return }
        findings.append(Finding(file: file, line: line, problem: problem))
    }
}
