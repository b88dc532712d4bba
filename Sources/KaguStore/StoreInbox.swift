// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// The end of a poll that waits for the next transaction: a reference, since a copy of its record costs more than
/// storing it.
final class QueuedPoll: Sendable {
    typealias Continuation = CheckedContinuation<Result<RecordedPoll, StoreError>, Never>

    let outcome: PollRecord
    /// What the tables hold of the feed, where that is known.
    let before: FeedTable.Row?
    /// Whether it changes nothing of the feed but its turn, as most 304s do.
    let changesTurnOnly: Bool
    let continuation: Continuation

    init(_ outcome: PollRecord, before: FeedTable.Row?, _ continuation: Continuation) {
        self.outcome = outcome
        self.before = before
        changesTurnOnly = before.map { outcome.feed.differsInTurnOnly(from: $0.record) } ?? false
        self.continuation = continuation
    }
}

/// Work that waits for the next transaction.
enum QueuedWork {
    case starts([PollStart], CheckedContinuation<Result<Void, StoreError>, Never>)
    case poll(QueuedPoll)
}

/// A poll's items that wait to be looked up.
final class QueuedLook: Sendable {
    let poll: PollItems
    let at: Instant
    let continuation: CheckedContinuation<Result<UnseenItems, StoreError>, Never>

    init(
        _ poll: PollItems, at: Instant, _ continuation: CheckedContinuation<Result<UnseenItems, StoreError>, Never>
    ) {
        self.poll = poll
        self.at = at
        self.continuation = continuation
    }
}

/// What callers share with the store under a lock, so that a poll costs no turn on the store's queue of its own:
/// the queue wakes once for each transaction.
///
/// While polls come in faster than they can be committed one by one, a transaction waits for company, so that all
/// that wait share its price; a lone poll waits for nothing. The queue itself waits, since a timer would cost two more
/// threads' wakings; what is to be looked up wakes it, and the other calls of the store wait for some milliseconds.
struct StoreInbox {
    /// Company is waited for in steps of this length,
    static let gatheringStep = Duration.milliseconds(2)
    /// at most so many,
    static let mostSteps = 5
    /// and no longer once fewer than this came in the last step.
    static let fewestPerStep = 4

    /// Records are kept of so many feeds at most; those of the others are read again.
    static let mostRecords = 512

    /// What the store's queue does next.
    enum Turn {
        case look([QueuedLook])
        /// Waits for company until then, unless it is woken.
        case wait
        case commit
        case rest
    }

    /// Whom new work has to wake.
    enum Sleeper {
        case queue
        case gathering
    }

    private enum State {
        case idle
        case running
        case gathering
    }

    /// In order of arrival.
    private var work: [QueuedWork] = []
    private var looks: [QueuedLook] = []
    /// Records of feeds whose polls are under way, read with their start.
    private var records: [String: FeedTable.Row] = [:]
    private var state = State.idle
    private var steps = 0
    private var countAtStep = 0
    /// Whether the last transaction had company.
    private var isBusy = false

    /// Adds the end of a poll; tells who is to be woken for it.
    mutating func add(_ outcome: PollRecord, _ continuation: QueuedPoll.Continuation) -> Sleeper? {
        let before = records.removeValue(forKey: outcome.feedID)
        return add(.poll(QueuedPoll(outcome, before: before, continuation)))
    }

    /// Adds work; tells who is to be woken for it.
    mutating func add(_ new: QueuedWork) -> Sleeper? {
        work.append(new)
        guard state == .idle else { return nil }
        state = .running
        return .queue
    }

    /// Adds items to be looked up, which do not wait for company; tells who is to be woken for them.
    mutating func add(_ look: QueuedLook) -> Sleeper? {
        looks.append(look)
        switch state {
        case .running: return nil
        case .idle:
            state = .running
            return .queue
        case .gathering:
            state = .running
            return .gathering
        }
    }

    /// What is to be done now; `isStepOver` tells whether a wait has lasted for a whole step.
    mutating func turn(isStepOver: Bool) -> Turn {
        state = .running
        if !looks.isEmpty {
            defer { looks = [] }
            return .look(looks)
        }
        guard !work.isEmpty else {
            state = .idle
            return .rest
        }
        guard isBusy else { return .commit }
        if isStepOver || steps == 0 {
            let came = work.count - countAtStep
            guard steps == 0 || steps < Self.mostSteps && came >= Self.fewestPerStep else { return .commit }
            steps += 1
            countAtStep = work.count
        }
        state = .gathering
        return .wait
    }

    /// Takes all the work.
    mutating func take() -> [QueuedWork] {
        let taken = work
        work = []
        steps = 0
        countAtStep = 0
        if !taken.isEmpty { isBusy = taken.count > 1 }
        return taken
    }

    /// The record of a feed whose poll is under way.
    func record(_ feedID: String) -> FeedRecord? { records[feedID]?.record }

    /// Keeps records until their polls end.
    mutating func keep(_ new: [String: FeedTable.Row]) {
        // Polls that were cancelled leave theirs behind.
        if records.count + new.count > Self.mostRecords { records = [:] }
        for (feedID, record) in new { records[feedID] = record }
    }

    /// Forgets the record of a feed, which has changed.
    mutating func forget(_ feedID: String) { records[feedID] = nil }
}
