// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What is bound to an alert: the content with its head, before a receiver freezes it into bytes (D4).
public struct AlertMessage: Hashable, Sendable {
    /// The alert's id.
    public var id: AlertID
    /// The receiver's name.
    public var receiver: String
    /// The route's name, else its path; `fallback`, or empty for a test.
    public var route: String
    /// Why it is sent.
    public var reason: Alert.Reason
    /// When it is bound.
    public var boundAt: Instant
    /// What it tells.
    public var content: AlertContent

    /// A message.
    public init(
        id: AlertID, receiver: String, route: String, reason: Alert.Reason, boundAt: Instant, content: AlertContent
    ) {
        self.id = id
        self.receiver = receiver
        self.route = route
        self.reason = reason
        self.boundAt = boundAt
        self.content = content
    }
}
