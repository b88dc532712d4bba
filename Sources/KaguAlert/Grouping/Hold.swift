// SPDX-License-Identifier: Apache-2.0

/// Why deliveries wait beyond the timer of their group, together with all others of their route and receiver. Each
/// ends in a digest, but `updates`.
public enum Hold: String, Hashable, Sendable, CaseIterable {
    /// Until the quiet hours end (R9).
    case quietHours = "quiet_hours"
    /// Until the next time of the route's digest (R10).
    case schedule
    /// Until the rate cap has room for a digest (R12).
    case rateCap = "rate_cap"
    /// Alerts that were never tried while the receiver could not be reached (D11).
    case catchUp = "catch_up"
    /// Hits of the last day, after the outbox was lost (R17).
    case recovered
    /// News of a story that are not enough for an update (R6): until they are, or the story has ended.
    case updates

    /// The reason of the digest that ends it; nil: there is none.
    public var reason: Alert.Reason? {
        switch self {
        case .quietHours: .quietHours
        case .schedule: .schedule
        case .rateCap: .rateCap
        case .catchUp: .catchUp
        case .recovered: .recovered
        case .updates: nil
        }
    }
}
