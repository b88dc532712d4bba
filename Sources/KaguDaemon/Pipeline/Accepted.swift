// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import KaguStore

/// An accepted poll: a feed document, or the word that it has not changed.
struct Accepted: Sendable {
    let trail: RedirectTrail
    let validators: StoredValidators
    var isUnchanged = false
    /// How long the publisher calls it fresh (P17).
    let freshness: Duration?
    var feed: ParsedFeed?
    var unseen: UnseenItems?
    var hits: [RoutedHit] = []
    /// The lines of its items for the archive.
    var archive = ArchiveLines()
    /// SHA-256 of the decoded body (I9); empty where it brought no items.
    var bodyHash: [UInt8] = []

    /// Items never seen before.
    var newItems: Int { unseen?.items.count { $0.revision == 0 } ?? 0 }

    /// All items of the document that identify something.
    var knownAndNew: Int {
        guard let unseen else { return 0 }
        return unseen.items.count + unseen.knownCount
    }
}
