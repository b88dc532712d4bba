// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguHTTP
import KaguMatch
import KaguModel
import KaguStore
import Logging

extension Daemon {
    /// Runs a change of the configuration after those that were ordered before it: two commands at once, or a command
    /// and a SIGHUP, would undo each other's work.
    func inTurn<Value: Sendable>(
        _ change: @escaping @Sendable (isolated Daemon) async throws -> Value
    ) async throws -> Value {
        let previous = lastChange
        let task = Task {
            await previous?.value
            return try await change(self)
        }
        lastChange = Task { _ = await task.result }
        return try await task.value
    }

    /// SIGHUP and `kagu reload`: loads and wires everything, and only then swaps; on any problem the old
    /// configuration stays, and STATUS says why (O5).
    func reload(_ parts: Parts) async throws -> InForce {
        notifier.reloading()
        defer { notifier.ready() }
        do {
            let taken = try await takeConfiguration(parts)
            logger.notice(
                "reloaded: \(taken.wiring.feeds.count) feeds, \(taken.wiring.watchCount) watches")
            return taken
        } catch let failure as ConfigFailure {
            for problem in failure.problems { logger.error("reload: \(problem.oneLine)") }
            let first = failure.problems.first?.oneLine ?? "the configuration is not valid"
            reloadRefusal = "reload refused, the old configuration stays: \(first)"
            tellStatus(parts)
            throw failure
        } catch {
            logger.error("reload: \(error); the old configuration stays")
            reloadRefusal = "reload failed, the old configuration stays: \(error)"
            tellStatus(parts)
            throw error
        }
    }

    /// Loads, wires and adopts what the files say now; throws, and changes nothing, on any problem.
    @discardableResult
    func takeConfiguration(_ parts: Parts) async throws -> InForce {
        let (config, wiring) = try load()
        let taken = try await adopt(config, wiring, parts)
        reloadRefusal = nil
        tellWarnings(config, wiring)
        tellStorage(parts.store.storage, parts)
        tellStatus(parts)
        return taken
    }

    /// Puts a configuration into force: at start, and again at each reload.
    @discardableResult
    func adopt(_ config: Config, _ wiring: Wiring, _ parts: Parts) async throws -> InForce {
        // First what can fail: a configuration is taken whole or not at all (O5).
        let now = time.wall()
        let records = try await parts.store.feedRecords()
        let holds = try await parts.store.holds(at: now)
        let standings = wiring.feeds.compactMap { feed in
            records[feed.id].map { (feed.id, FeedStanding(of: feed, $0, at: now)) }
        }
        try await parts.courier.adopt(wiring.courierPlan)
        await parts.scheduler.follow(
            plan(wiring, parts), standings: Dictionary(standings) { first, _ in first }, holds: holds)
        await parts.store.follow(config.store.limits)
        let taken = InForce(config: config, wiring: wiring, since: now)
        inForce = taken
        return taken
    }

    private func plan(_ wiring: Wiring, _ parts: Parts) -> Scheduler.Plan {
        let poller = wiring.poller(parts, HealthLog(logger: logger), tally, time)
        return Scheduler.Plan(
            feeds: wiring.feeds, limits: wiring.limits,
            begin: { feeds in await poller.begin(feeds) },
            poll: { feed, order, scheduler in await poller.poll(feed, order, by: scheduler) },
            mayStart: { [client = parts.client, store = parts.store, most = wiring.maximumBodies, options] in
                // A full disk stops polling before the write (O36); one round ends whatever becomes of it.
                client.bodyBytesInFlight <= most.bytes && (options.pollsOnce || store.storage.takesPolls)
            },
            online: { await poller.online() },
            clockStepped: { step, inFlight in await poller.clockStepped(by: step, inFlight: inFlight) },
            isOnce: options.pollsOnce)
    }
}
