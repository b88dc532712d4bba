// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// What is known of a feed's permanent redirects, and which address its next poll asks (P24). Kept as JSON in
/// `FeedRecord.redirects`; empty for the feeds, nearly all, that never moved.
///
/// A move is confirmed when the same target was seen on 3 accepted polls over at least 48 h, one of which parsed as a
/// feed. While the target of a confirmed move fails for 7 days, it and the listed address are asked in turn, each at
/// the pace of the back-off, which is a day by then.
struct RedirectLedger: Hashable, Sendable {
    /// A target on probation.
    struct Candidate: Hashable, Sendable, Codable {
        var url: String
        var polls: Int
        var since: Instant
        /// Whether a document came from there, not only word that it had not changed.
        var hasParsed: Bool
    }

    /// So many polls must have seen a target.
    static let confirmingPolls = 3
    /// Over at least this time.
    static let confirmingTime: Duration = .seconds(48 * 60 * 60)
    /// A confirmed target that fails for so long is doubted.
    static let doubtTime: Duration = .seconds(7 * 24 * 60 * 60)

    /// The address that the feed list gives.
    let listedURL: String
    /// The target of the confirmed move; nil where there is none.
    private(set) var confirmedURL: String?
    private var candidate: Candidate?
    private var failingSince: Instant?
    private var triesListed = false

    /// Reads the stored text. A ledger that was kept under another listed address is void.
    init(_ text: String, listedURL: String) {
        self.listedURL = listedURL
        guard !text.isEmpty, let stored = try? JSONDecoder().decode(Stored.self, from: Data(text.utf8)),
            stored.listed == listedURL
        else { return }
        confirmedURL = stored.confirmed
        candidate = stored.candidate
        failingSince = stored.failingSince
        triesListed = stored.triesListed ?? false
    }

    /// The address that the next poll asks first.
    var nextURL: String { triesListed ? listedURL : confirmedURL ?? listedURL }

    /// Whether the confirmed target has failed for so long that the listed address is tried in turn with it.
    func isDoubted(at now: Instant) -> Bool {
        guard confirmedURL != nil, let failingSince else { return false }
        return now - failingSince >= Self.doubtTime
    }

    /// Takes an accepted poll that began at `startURL` and was led by permanent hops to `target` (nil: by none).
    /// `hasParsed` is false for a 304. Returns the address to which a move was confirmed with this poll.
    mutating func accepted(
        from startURL: String, permanentTarget target: String?, hasParsed: Bool, at now: Instant
    ) -> String? {
        failingSince = nil
        triesListed = false
        if startURL == listedURL, let confirmed = confirmedURL {
            // The listed address was tried because the other one failed. Where it leads there again, all is well;
            // anything else that works there is what holds from now on.
            if target == confirmed { return nil }
            confirmedURL = nil
            candidate = nil
        }
        guard let target, target != startURL else {
            candidate = nil
            return nil
        }
        var seen =
            candidate.flatMap { $0.url == target ? $0 : nil }
            ?? Candidate(url: target, polls: 0, since: now, hasParsed: false)
        seen.polls += 1
        seen.hasParsed = seen.hasParsed || hasParsed
        candidate = seen
        guard seen.polls >= Self.confirmingPolls, now - seen.since >= Self.confirmingTime, seen.hasParsed else {
            return nil
        }
        candidate = nil
        confirmedURL = target == listedURL ? nil : target
        return target
    }

    /// Takes a poll that began at `startURL` and was not accepted. What it was redirected to says nothing: a captive
    /// portal redirects everything.
    mutating func failed(from startURL: String, at now: Instant) {
        guard confirmedURL != nil else { return }
        failingSince = failingSince ?? now
        triesListed = isDoubted(at: now) && startURL != listedURL
    }

    /// The text to store; empty where there is nothing to remember.
    var text: String {
        guard confirmedURL != nil || candidate != nil else { return "" }
        let stored = Stored(
            listed: listedURL, confirmed: confirmedURL, candidate: candidate, failingSince: failingSince,
            triesListed: triesListed ? true : nil)
        guard let data = try? JSONEncoder().encode(stored) else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    private struct Stored: Codable {
        var listed: String
        var confirmed: String?
        var candidate: Candidate?
        var failingSince: Instant?
        var triesListed: Bool?
    }
}
