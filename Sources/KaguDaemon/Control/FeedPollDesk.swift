// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguStore

/// Polls feeds on an operator's order, and pauses and resumes them.
struct FeedPollDesk: Sendable {
    let daemon: Daemon
    let parts: Daemon.Parts

    /// `feeds.poll`: through the same gates and holds as every poll (P13, P21, P27).
    func poll(_ request: PollFeeds) async throws -> PollFeeds.Answer {
        let ids = try await daemon.feeds(named: request.feeds).map(\.id)
        guard request.wait else {
            // The order stands although nobody waits for what comes of it.
            Task { [scheduler = parts.scheduler] in await scheduler.pollNow(ids, isFull: request.full) }
            return []
        }
        let answers = await parts.scheduler.pollNow(ids, isFull: request.full)
        return ids.map { PolledFeed(id: $0, answers[$0] ?? .unknownFeed) }
    }

    /// `feeds.pause`. Answers when no poll of these feeds is in flight: one that is would store them unpaused.
    func pause(_ request: PauseFeeds) async throws -> PauseFeeds.Answer {
        let feeds = try await daemon.feeds(named: request.feeds)
        await parts.scheduler.halt(feeds.map(\.id))
        do {
            return try await parts.store.pause(feeds.map(\.id))
        } catch {
            await resumeAsStored(feeds)
            throw error
        }
    }

    /// `feeds.resume`. A feed that is gone starts afresh (P20).
    func resume(_ request: ResumeFeeds) async throws -> ResumeFeeds.Answer {
        let feeds = try await daemon.feeds(named: request.feeds)
        let records = try await parts.store.feedRecords()
        let halted = feeds.filter { feed in
            records[feed.id].map { $0.isPaused || $0.state == .gone } ?? false
        }
        await parts.scheduler.halt(halted.map(\.id))
        do {
            try await parts.store.resume(halted.map(\.id), at: daemon.time.wall())
        } catch {
            await resumeAsStored(halted)
            throw error
        }
        await resumeAsStored(halted)
        return halted.map(\.id)
    }

    /// Lets the scheduler do with these feeds what their records say.
    private func resumeAsStored(_ feeds: [Feed]) async {
        let records = (try? await parts.store.feedRecords()) ?? [:]
        let now = daemon.time.wall()
        let standings = feeds.map { ($0.id, FeedStanding(of: $0, records[$0.id] ?? FeedRecord(), at: now)) }
        await parts.scheduler.resume(Dictionary(standings) { first, _ in first })
    }
}

extension PolledFeed {
    /// What the scheduler says of a poll.
    init(id: String, _ answer: PollNowAnswer) {
        switch answer {
        case .done(let summary):
            self.init(
                id: id, outcome: .polled, state: summary.state, reason: summary.reason, status: summary.status,
                items: summary.items, newItems: summary.newItems)
        case .held(let until): self.init(id: id, outcome: .held, heldUntil: until)
        case .unknownFeed: self.init(id: id, outcome: .unknown)
        case .stopping: self.init(id: id, outcome: .stopping)
        }
    }
}
