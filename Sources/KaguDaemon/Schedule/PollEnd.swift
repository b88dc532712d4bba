// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// What the scheduler learns from a finished poll.
struct PollEnd: Sendable {
    /// When the feed is due again; nil: never unasked (gone, paused).
    var nextDue: Instant?
    /// Whether anyone answered (P19).
    var contact: Contact
    /// What a 429 asks of the whole authority; nil for allow-listed private addresses (P22).
    var hold: AuthorityHold?
    /// The address that the next poll asks first: the listed one, or a confirmed move's target (P24).
    var nextURL: String
    /// What it came to, in short.
    var summary: PollSummary
    /// Not before then, also by an operator's order (P21).
    var heldUntil: Instant?
    /// What `nextDue` meant when it was computed; nil: by the wall clock at the end. Keeps a step of the wall clock
    /// between the two from moving the due time (P20).
    var wait: Duration?
}

/// What a poll says about the uplink (P19).
enum Contact: Hashable, Sendable {
    /// Some byte of an answer came.
    case answered
    /// DNS or connect failed.
    case unreachable
    /// Anything else: cancelled, refused by the address guard, not stored.
    case undecided
}

/// A poll in short, for who asked for it.
struct PollSummary: Hashable, Sendable {
    /// The feed's state after it.
    var state: FeedState
    /// Why; empty when healthy.
    var reason = ""
    /// The HTTP status of the last answer; nil without one.
    var status: Int?
    /// Items in the document.
    var items = 0
    /// Items that were new.
    var newItems = 0
}
