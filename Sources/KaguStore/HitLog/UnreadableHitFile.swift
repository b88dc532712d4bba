// SPDX-License-Identifier: Apache-2.0

/// A hit file of which some lines could not be read: what was printed without them is not all there is (O38).
public struct UnreadableHitFile: Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: HitFileName
    /// Why, in words.
    public let reason: String
    /// Whether its content is damaged: no later look will find more.
    let isDamaged: Bool

    init(_ file: HitFileName, _ reason: String, isDamaged: Bool = false) {
        self.file = file
        self.reason = reason
        self.isDamaged = isDamaged
    }

    init(_ file: HitFileName, _ error: StoreError) {
        self.file = file
        isDamaged = false
        if case .file(_, let why) = error { reason = why } else { reason = "\(error)" }
    }

    /// `hits/2026-11-22.jsonl: open: permission denied`.
    public var description: String { "hits/\(file): \(reason)" }
}
