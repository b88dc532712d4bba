// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore
import Logging
import Synchronization

/// Tells systemd, `systemctl status` and the journal of work at start that may take minutes: a large state is mended, and
/// nobody shall take that for a start that hangs (O10).
final class OpeningNotice: Sendable {
    /// What one report leads to.
    struct Message: Hashable {
        /// How long the start may take from now on.
        var allowance: Duration
        var text: String
        /// Whether the work begins with it.
        var isFirst: Bool
    }

    /// Reports of one kind of work are passed on that often.
    private static let interval: Duration = .seconds(1)
    /// What a start may take after each report.
    private static let patience: Duration = .seconds(60)
    /// Bytes that any disk gives in a second, for work that cannot tell how far it is.
    private static let slowestDisk = 4 << 20

    private let last = Mutex<(work: OpeningProgress.Work, isBlind: Bool, at: Instant)?>(nil)

    /// What is to be told of a report that comes at `now`; nil so soon after the one before it.
    func message(_ progress: OpeningProgress, at now: Instant) -> Message? {
        let isFirst: Bool? = last.withLock { last in
            let isFirst = last?.work != progress.work
            let isBlind = progress.share == nil
            // Work that cannot tell how far it is asks for more time than what came before it.
            if let last, !isFirst, isBlind == last.isBlind, now - last.at < Self.interval, now >= last.at {
                return nil
            }
            last = (progress.work, isBlind, now)
            return isFirst
        }
        guard let isFirst else { return nil }
        let blind: Duration = progress.share == nil ? .seconds(progress.bytes / Self.slowestDisk) : .zero
        let share = progress.share.map { ", \(Int(min(max($0, 0), 1) * 100)) %" } ?? ""
        return Message(
            allowance: Self.patience + blind, text: "recovery: \(progress.work.text)\(share)", isFirst: isFirst)
    }
}

extension OpeningProgress.Work {
    /// What `systemctl status` says.
    fileprivate var text: String {
        switch self {
        case .upgrade: "the database is upgraded"
        case .check: "the database is looked through for damage"
        case .salvage: "what can be read of the damaged database is copied"
        case .index: "the index over the hits is made anew"
        }
    }
}
