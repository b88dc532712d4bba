// SPDX-License-Identifier: Apache-2.0

/// `alerts:` (R1)
public struct AlertSettings: Hashable, Sendable {
    /// The receivers, in file order; names are unique.
    public var receivers: [ReceiverSettings] = []
    /// The root of the route tree.
    public var route: RouteSettings = .root
    /// The receiver of notices and overdue copies (D12).
    public var fallback: String?
    /// Items published earlier than this before they are seen are stored, not alerted (R8).
    public var maximumAge: Duration = .seconds(86_400)
    /// The delivery objective (O16).
    public var objective: Duration = .seconds(600)

    /// Every key at its default.
    public init() {}
}
