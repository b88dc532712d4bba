// SPDX-License-Identifier: Apache-2.0

/// `metrics:`
public struct MetricsSettings: Hashable, Sendable {
    /// `host:port`; nil: off.
    public var listen: String?
    /// The textfile's path; nil: off.
    public var textfile: String?
    /// The textfile's interval.
    public var interval: Duration = .seconds(15)

    /// Every key at its default.
    public init() {}
}
