// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguStore

/// What a fetch came to, with the figures of its poll.
struct Fetch: Sendable {
    /// How it ended.
    enum Outcome: Sendable {
        /// 304: validators that it carries replace the stored ones (P8).
        case unchanged(StoredValidators)
        /// 200 with a body, not yet looked at.
        case document(FetchedDocument)
        /// Anything else.
        case failed(PollFailure)
    }

    let outcome: Outcome
    /// Over which addresses it went.
    let trail: RedirectTrail
    /// The status of the last answer; nil where nothing answered.
    var status: Int?
    /// Bytes of the last answer's body after decoding.
    var bytes = 0
    /// From the first request to the last byte, waits for gates included.
    var duration: Duration = .zero
    /// What it says about the uplink (P19).
    var contact = Contact.undecided
    /// How long the publisher calls the answer fresh (P17).
    var freshness: Duration?
}

/// A body with what its answer said of it.
struct FetchedDocument: Sendable {
    let body: [UInt8]
    let headers: HTTPHeaders
    let validators: StoredValidators
}

extension StoredValidators {
    /// The validators of an answer, with the address that they belong to (P10).
    init(_ validators: Validators, at url: String) {
        self.init(url: url, etag: validators.etag, lastModified: validators.lastModified)
    }

    /// The validators without their address.
    var pair: Validators { Validators(etag: etag, lastModified: lastModified) }
}
