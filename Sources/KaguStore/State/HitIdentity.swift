// SPDX-License-Identifier: Apache-2.0

import KaguBytes

/// The ids of hits and stories, derived from feed, item and revision, so that a re-poll after a crash finds the
/// line that is there already (DESIGN §5).
public enum HitIdentity {
    /// `h_` and 16 characters of Crockford's base32 (80 bits of SHA-256).
    public static func hit(feedID: String, key: String, revision: Int) -> String {
        "h_" + Base32.encode(digest(feedID: feedID, key: key, revision: revision).prefix(10))
    }

    /// `s_` and 13 characters: the story of an item that stands alone, the same for all its revisions.
    public static func story(feedID: String, key: String) -> String {
        "s_" + Base32.encode(digest(feedID: feedID, key: key, revision: 0).prefix(9)).prefix(13)
    }

    private static func digest(feedID: String, key: String, revision: Int) -> [UInt8] {
        var bytes = Array(feedID.utf8)
        bytes.reserveCapacity(bytes.count + key.utf8.count + 8)
        bytes.append(0)
        bytes.append(contentsOf: key.utf8)
        bytes.append(0)
        bytes.append(contentsOf: String(revision).utf8)
        return SHA256.hash(bytes)
    }
}
