// SPDX-License-Identifier: Apache-2.0

import KaguBytes
public import KaguModel

/// Signs and verifies by Standard Webhooks 1.0 (W1): HMAC-SHA256 over `<id>.<timestamp>.<body>`.
public enum StandardWebhooks {
    /// Carries the alert's id.
    public static let idHeader = "webhook-id"
    /// Carries the attempt's time in whole seconds since 1970.
    public static let timestampHeader = "webhook-timestamp"
    /// Carries one `v1,<base64>` per key.
    public static let signatureHeader = "webhook-signature"
    /// How far a message's timestamp may be from the verifier's clock.
    public static let tolerance = Duration.seconds(300)
    /// Signatures of one header that are looked at; a sender has at most ten keys (D15).
    public static let maximumSignatures = 50

    /// The value of `webhook-signature`: one signature per key, in the order of `keys` (newest first).
    public static func signature(id: String, timestamp: Int64, body: [UInt8], keys: [SigningKey]) -> String {
        let message = signedBytes(id: id, timestamp: String(timestamp), body: body)
        return keys.map { "v1," + Base64.encode(HMACSHA256.authenticate(message, key: $0.bytes)) }
            .joined(separator: " ")
    }

    /// Verifies a message that arrived at `now`: nil header values are headers that were absent. One signature
    /// by one of `keys` suffices. Comparisons take the same time wherever the values differ.
    public static func verify(
        id: String?, timestamp: String?, signature: String?, body: [UInt8], keys: [SigningKey], at now: Instant,
        tolerance: Duration = tolerance
    ) -> Result<VerifiedMessage, VerificationFailure> {
        guard let id, !id.isEmpty else { return .failure(.missingHeader(idHeader)) }
        guard let timestamp, !timestamp.isEmpty else { return .failure(.missingHeader(timestampHeader)) }
        guard let signature, !signature.isEmpty else { return .failure(.missingHeader(signatureHeader)) }
        guard let seconds = wholeSeconds(timestamp) else { return .failure(.unreadableTimestamp) }
        let age = Duration.seconds(now.seconds - seconds)
        guard age <= tolerance else { return .failure(.tooOld(by: age)) }
        guard age >= .zero - tolerance else { return .failure(.tooNew(by: .zero - age)) }
        let given = signature.split(separator: " ").filter { $0.hasPrefix("v1,") }.prefix(maximumSignatures)
            .compactMap { Base64.decode($0.dropFirst(3)) }
        guard !given.isEmpty else { return .failure(.noUsableSignature) }
        let message = signedBytes(id: id, timestamp: timestamp, body: body)
        let isAuthentic = keys.contains { key in
            let expected = HMACSHA256.authenticate(message, key: key.bytes)
            return given.contains { ConstantTime.areEqual($0, expected) }
        }
        guard isAuthentic else { return .failure(.mismatch) }
        return .success(VerifiedMessage(id: id, sentAt: Instant(seconds: seconds)))
    }

    private static func signedBytes(id: String, timestamp: String, body: [UInt8]) -> [UInt8] {
        Array("\(id).\(timestamp).".utf8) + body
    }

    /// Up to twelve digits, so that no arithmetic on the result can overflow.
    private static func wholeSeconds(_ text: String) -> Int64? {
        guard text.utf8.count <= 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}

/// A message whose signature is right.
public struct VerifiedMessage: Hashable, Sendable {
    /// Its id; the same one again is a repeat (D3).
    public var id: String
    /// The timestamp of the attempt.
    public var sentAt: Instant

    /// A verified message.
    public init(id: String, sentAt: Instant) {
        self.id = id
        self.sentAt = sentAt
    }
}

/// Why a message does not verify (C9).
public enum VerificationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A header is absent or empty.
    case missingHeader(String)
    /// `webhook-timestamp` is no whole number of seconds.
    case unreadableTimestamp
    /// The timestamp lies too far back: a replay, or a clock is wrong.
    case tooOld(by: Duration)
    /// The timestamp lies too far ahead: a clock is wrong.
    case tooNew(by: Duration)
    /// No signature of version 1 was given.
    case noUsableSignature
    /// No signature fits any key: another key, or the body was changed.
    case mismatch

    /// What is wrong, in one line.
    public var description: String {
        switch self {
        case .missingHeader(let name): "header \(name) is missing"
        case .unreadableTimestamp: "header webhook-timestamp is no whole number of seconds"
        case .tooOld(let age): "timestamp is \(age.components.seconds) s old, 300 s are allowed; compare the clocks"
        case .tooNew(let lead):
            "timestamp is \(lead.components.seconds) s ahead, 300 s are allowed; compare the clocks"
        case .noUsableSignature: "header webhook-signature holds no signature of version v1"
        case .mismatch: "no signature fits a key; compare the secret files, and verify the body's raw bytes"
        }
    }
}
