// SPDX-License-Identifier: Apache-2.0

import KaguBytes
public import KaguModel

/// A symmetric key of Standard Webhooks: `whsec_` and the Base64 of 24–64 bytes (W1). Its bytes never print.
public struct SigningKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// How many bytes a key may have.
    public static let byteCounts = 24...64

    private static let prefix = "whsec_"

    let bytes: [UInt8]

    /// Reads a key as a secret file holds it, one line without its newline. Throws when it is none.
    public init(_ secret: Secret) throws(SigningKeyError) {
        let text = secret.revealed
        guard text.hasPrefix(Self.prefix) else { throw .missingPrefix }
        guard let bytes = Base64.decode(text.dropFirst(Self.prefix.count)) else { throw .notBase64 }
        guard Self.byteCounts.contains(bytes.count) else { throw .length(bytes.count) }
        self.bytes = bytes
    }

    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// Shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Why a text is no signing key. It quotes nothing of the text.
public enum SigningKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It does not begin with `whsec_`.
    case missingPrefix
    /// What follows is not Base64.
    case notBase64
    /// It has this many bytes.
    case length(Int)

    /// What is wrong and what to do.
    public var description: String {
        let remedy = "make one with: echo \"whsec_$(openssl rand -base64 32)\""
        return switch self {
        case .missingPrefix: "signing key does not begin with \"whsec_\"; \(remedy)"
        case .notBase64: "signing key is not base64 after \"whsec_\"; \(remedy)"
        case .length(let count): "signing key has \(count) bytes, 24 to 64 are needed; \(remedy)"
        }
    }
}
