// SPDX-License-Identifier: Apache-2.0

/// `poll:`
public struct PollSettings: Hashable, Sendable {
    /// Replaces both floors (P14); nil where not written.
    public var minimumInterval: Duration?
    /// The ceiling: 6 h, under `courtesy: strict` 24 h.
    public var maximumInterval: Duration = .seconds(6 * 3600)
    /// Requests in flight at most (P26).
    public var concurrency: Int = 64
    /// Requests in flight to one authority at most (P27).
    public var inFlightPerHost: Int = 1
    /// The least time between two starts at one authority (P27).
    public var spacingPerHost: Duration = .seconds(1)
    /// Whether `courtesy: strict` is set (§1.3).
    public var isStrictlyCourteous: Bool = false
    /// Host patterns whose names share one gate (P22).
    public var hostGroups: [String] = []

    /// Every key at its default.
    public init() {}
}

extension PollSettings {
    /// The longest interval that may be written (P14).
    public static let longestInterval = Duration.seconds(7 * 86_400)
    /// The shortest interval that counts for feeds that are not allow-listed (P14).
    public static let shortestPublicInterval = Duration.seconds(60)
    /// `kagu check` warns below this (P14).
    public static let courteousInterval = Duration.seconds(15 * 60)

    /// The least time between two polls of a feed without an `interval` of its own (§1.3, P14).
    public func floor(holdsValidators: Bool, isAllowListed: Bool) -> Duration {
        if let minimumInterval { return counted(minimumInterval, isAllowListed) }
        switch (isStrictlyCourteous, holdsValidators) {
        case (false, true): return .seconds(15 * 60)
        case (false, false), (true, true): return .seconds(3600)
        case (true, false): return .seconds(86_400)
        }
    }

    /// The longest time between two polls of a feed without an `interval` of its own; never below the floor.
    public func ceiling(holdsValidators: Bool, isAllowListed: Bool) -> Duration {
        max(
            counted(maximumInterval, isAllowListed),
            floor(holdsValidators: holdsValidators, isAllowListed: isAllowListed))
    }

    /// A shorter global value counts as one minute except for allow-listed feeds.
    private func counted(_ interval: Duration, _ isAllowListed: Bool) -> Duration {
        isAllowListed ? interval : max(interval, Self.shortestPublicInterval)
    }
}
