// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Which updates of a story a receiver is told (R6): `updates`.
public enum UpdateRule: String, Hashable, Sendable, CaseIterable {
    /// When the outlet count passes 3, 10, 30 or 100, or severity rises.
    case steps
    /// At every `group_interval` with news.
    case all
    /// Never.
    case none

    /// The outlet counts that are news.
    public static let outletSteps = [3, 10, 30, 100]

    /// How many outlets carry a story, and how much it matters: what updates are decided by.
    public struct Size: Hashable, Sendable {
        /// Distinct feeds.
        public var outlets: Int
        /// The highest severity.
        public var severity: Severity

        /// A story's size.
        public init(outlets: Int, severity: Severity) {
            self.outlets = outlets
            self.severity = severity
        }
    }

    /// What becomes of the news about a story that has been told before.
    public enum Verdict: Hashable, Sendable {
        /// A new message.
        case post(Alert.Reason)
        /// The earlier message is edited in place.
        case edit(Alert.Reason)
        /// Both: the edit keeps the first message true, the post is what people notice.
        case editAndPost(Alert.Reason)
        /// Kept until `outlets` feeds carry it, or its severity rises.
        case keep(untilOutlets: Int?)
        /// Not told, now or later.
        case drop
    }

    /// What to do about a story that was told at size `told` and is `now` larger or revised (R6, R7).
    /// `canEdit`: there is a message that can be edited.
    public func verdict(told: Size, now: Size, isRevised: Bool, canEdit: Bool) -> Verdict {
        let passes = Self.outletSteps.contains { told.outlets < $0 && $0 <= now.outlets }
        let rises = now.severity > told.severity
        let reason: Alert.Reason = rises ? .severity : passes ? .step : isRevised ? .revision : .update
        switch self {
        case .all: return canEdit ? .edit(reason) : .post(reason)
        case .none:
            if canEdit { return .edit(isRevised ? .revision : .update) }
            return isRevised ? .post(.revision) : .drop
        case .steps:
            if rises || passes { return canEdit ? .editAndPost(reason) : .post(reason) }
            if canEdit { return .edit(reason) }
            return isRevised ? .post(.revision) : .keep(untilOutlets: Self.outletSteps.first { $0 > now.outlets })
        }
    }
}
