// SPDX-License-Identifier: Apache-2.0

/// Why the store could not do what was asked. Each case has one sentence; the daemon turns the first three into
/// exit codes.
public enum StoreError: Error, Hashable, Sendable {
    /// The state directory cannot be used (O40; exit 74).
    case unusable(path: String, reason: String)
    /// Another daemon holds the directory (O39; exit 75); nil where its number could not be read.
    case locked(path: String, pid: Int32?)
    /// The database was written by a newer kagu (O41; exit 78).
    case newerSchema(path: String, found: Int, known: Int)
    /// No space or quota is left (O36).
    case diskFull(path: String)
    /// A file could not be read, written or synced.
    case file(path: String, reason: String)
    /// SQLite refused.
    case database(path: String, reason: String)
    /// The store has been closed.
    case closed
}

extension StoreError: CustomStringConvertible {
    /// What on what, why, and what to do (house rule 12).
    public var description: String {
        switch self {
        case .unusable(let path, let reason):
            "state directory \(path): \(reason); create it, or make it writable for this user"
        case .locked(let path, let pid):
            "state directory \(path): in use by \(pid.map { "process \($0)" } ?? "another process");"
                + " stop that daemon, or choose another --state-dir"
        case .newerSchema(let path, let found, let known):
            "\(path): schema version \(found) is newer than \(known), the newest that this build knows;"
                + " install the newer kagu, or restore backup/"
        case .diskFull(let path): "\(path): no space left on the device; free some, polling resumes by itself"
        case .file(let path, let reason): "\(path): \(reason)"
        case .database(let path, let reason): "\(path): \(reason)"
        case .closed: "the store is closed"
        }
    }
}
