// SPDX-License-Identifier: Apache-2.0

/// How much a watch matters to its analyst (M5), the least first.
public enum Severity: String, Hashable, Sendable, Comparable, CaseIterable, Codable {
    /// For the record.
    case low
    /// The default.
    case medium
    /// To be seen soon.
    case high
    /// To be seen now.
    case critical

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }

    /// The lesser comes first.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}
