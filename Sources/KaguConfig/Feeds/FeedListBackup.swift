// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The list of a state directory as it was before a change, so that a change with which the configuration is not
/// valid can be taken back (H3, O5).
///
/// The old file lives on under a second name, `feeds.yaml.before`, until it is put back or discarded.
public struct FeedListBackup: Hashable, Sendable {
    private let path: String
    private let hadFile: Bool
    private var backup: String { path + ".before" }

    /// Keeps the list of `directory`; throws where the system refuses.
    public init(inStateDirectory directory: String) throws(ConfigFailure) {
        path = directory + "/" + StateFeedList.fileName
        hadFile = FileReader.exists(path)
        unlink(backup)
        if hadFile, link(path, backup) != 0 {
            throw ConfigFailure([ConfigProblem("\(backup): \(Self.reason(errno)); nothing was changed")])
        }
    }

    /// Puts the old list back, in one step; where there was none, removes the new one.
    public func restore() {
        if hadFile { rename(backup, path) } else { unlink(path) }
    }

    /// The change stays.
    public func discard() { unlink(backup) }

    private static func reason(_ number: Int32) -> String {
        strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
    }
}
