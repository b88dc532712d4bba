// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Work that waits for the next transaction.
enum QueuedWork {
    case starts([PollStart], CheckedContinuation<Result<Void, StoreError>, Never>)
    case poll(PollRecord, CheckedContinuation<Result<RecordedPoll, StoreError>, Never>)

    /// Whether it is the end of a poll.
    var endsPoll: Bool {
        switch self {
        case .starts: false
        case .poll: true
        }
    }
}

/// What callers share with the store under a lock, so that a poll costs no turn on the store's queue of its own:
/// the queue wakes once for each transaction.
///
/// While polls come in faster than they can be committed one by one, a transaction waits for company, so that all
/// that wait share the price of one sync; a lone poll waits for nothing.
struct StoreInbox {
    /// Company is waited for in steps of this length,
    static let gatheringStep = Duration.milliseconds(2)
    /// at most so many,
    static let mostSteps = 5
    /// and no longer once fewer than this came in the last step.
    static let fewestPerStep = 4

    /// Records are kept of so many feeds at most; those of the others are read again.
    static let mostRecords = 512

    /// In order of arrival.
    private var work: [QueuedWork] = []
    /// Records of feeds whose polls are under way, read with their start.
    private var records: [String: FeedRecord] = [:]
    private var isScheduled = false
    private var steps = 0
    private var countAtStep = 0
    /// Whether the last transaction had company.
    private var isBusy = false

    /// Adds work; tells when the store's queue is to be woken for it, nil where it will be anyway.
    mutating func add(_ new: QueuedWork) -> Duration? {
        work.append(new)
        guard !isScheduled else { return nil }
        isScheduled = true
        return isBusy ? Self.gatheringStep : .zero
    }

    /// Whether more company is worth another step.
    mutating func waitsOn() -> Bool {
        let came = work.count - countAtStep
        guard isBusy, isScheduled, steps < Self.mostSteps, came >= Self.fewestPerStep else { return false }
        steps += 1
        countAtStep = work.count
        return true
    }

    /// Takes all the work, with the records of the feeds whose polls it ends.
    mutating func take() -> (work: [QueuedWork], records: [String: FeedRecord]) {
        let taken = work
        work = []
        isScheduled = false
        steps = 0
        countAtStep = 0
        if !taken.isEmpty { isBusy = taken.count > 1 }
        var before: [String: FeedRecord] = [:]
        for case .poll(let outcome, _) in taken { before[outcome.feedID] = records[outcome.feedID] }
        return (taken, before)
    }

    /// The record of a feed whose poll is under way.
    func record(_ feedID: String) -> FeedRecord? { records[feedID] }

    /// Keeps records until their polls end.
    mutating func keep(_ new: [String: FeedRecord]) {
        // Polls that were cancelled leave theirs behind.
        if records.count + new.count > Self.mostRecords { records = [:] }
        for (feedID, record) in new { records[feedID] = record }
    }

    /// Forgets the record of a feed, which has changed.
    mutating func forget(_ feedID: String) { records[feedID] = nil }
}
