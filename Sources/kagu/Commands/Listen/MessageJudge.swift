// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel

/// Says of each message whether it is genuine and whether it came before (C9).
struct MessageJudge {
    /// What a message is worth.
    enum Verdict: Hashable {
        /// A key signed it, recently.
        case verified
        /// There is no key to verify with.
        case unverified
        /// It does not verify.
        case refused(VerificationFailure)

        /// In a word or two.
        var description: String {
            switch self {
            case .verified: "verified"
            case .unverified: "unverified"
            case .refused: "not verified"
            }
        }

        /// Why it does not verify; nil where it does, or where there is no key.
        var failure: VerificationFailure? {
            if case .refused(let failure) = self { failure } else { nil }
        }
    }

    /// Ids that are remembered, so that a listener left alone stays small.
    static let maximumIDs = 10_000

    private let keys: [SigningKey]
    private var seen: Set<String> = []

    /// A judge with the receiver's keys; without one every message is unverified.
    init(keys: [SigningKey]) { self.keys = keys }

    /// The verdict, and whether a message with that id came before.
    mutating func judge(_ request: ReceivedRequest) -> (verdict: Verdict, isRepeat: Bool) {
        var isRepeat = false
        if let id = request.id, !id.isEmpty {
            if seen.count >= Self.maximumIDs { seen.removeAll() }
            isRepeat = !seen.insert(id).inserted
        }
        guard !keys.isEmpty else { return (.unverified, isRepeat) }
        let result = StandardWebhooks.verify(
            id: request.id, timestamp: request.timestamp, signature: request.signature, body: request.body,
            keys: keys, at: request.received)
        switch result {
        case .success: return (.verified, isRepeat)
        case .failure(let failure): return (.refused(failure), isRepeat)
        }
    }

    /// The keys of a secret file: one `whsec_…` a line, empty lines and `#` lines left out.
    static func keys(inFile path: String) throws -> [SigningKey] {
        let text = String(decoding: try InputFile(path).read(limit: .kibibytes(64)), as: UTF8.self)
        let lines = text.split { $0.isNewline || $0 == " " || $0 == "\t" }.filter { !$0.hasPrefix("#") }
        guard !lines.isEmpty else {
            throw CommandFailure("secret file: \(path): it is empty; put one whsec_… key in it")
        }
        do {
            return try lines.map { try SigningKey(Secret(String($0))) }
        } catch {
            throw CommandFailure("secret file: \(path): \(error)")
        }
    }
}
