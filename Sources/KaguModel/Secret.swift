// SPDX-License-Identifier: Apache-2.0

/// A password, token, signing key or credential URL. It prints as `<secret>` in every form of output, so that
/// a log line or an error cannot leak it (house rule 13); `revealed` is the one way to its value.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The value itself: for the request or the signature, never for a message.
    public let revealed: String

    /// Wraps a value that must not be printed.
    public init(_ value: String) { revealed = value }

    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }

    /// Shows nothing of the value to `dump` and to the debugger's mirror.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
