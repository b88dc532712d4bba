// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguHTTP
import KaguModel
import KaguStore
import Logging

/// What the control socket asks of the daemon itself: its configuration, and how it is doing.
extension Daemon {
    /// The feeds in force with these ids or addresses, each once; throws the first that is not there.
    func feeds(named names: [String]) throws(ControlRefusal) -> [Feed] {
        let feeds = inForce?.wiring.feeds ?? []
        var found: [Feed] = []
        for name in names {
            guard let feed = feeds.first(where: { $0.id == name }) ?? feeds.first(where: { $0.url == name }) else {
                if inForce?.config.feeds.contains(where: { $0.id == name }) ?? false {
                    throw ControlRefusal(.unknown, "feed \(name): its list says enabled: false")
                }
                throw .unknownFeed(name, among: feeds.map(\.id))
            }
            if !found.contains(where: { $0.id == feed.id }) { found.append(feed) }
        }
        return found
    }

    /// The feed in force that has this very address.
    func listedFeed(at url: String) -> Feed? { inForce?.wiring.feeds.first { $0.url == url } }

    /// A search under the configuration in force.
    func discovery(_ parts: Parts) -> FeedDiscovery {
        FeedDiscovery(
            send: { [client = parts.client] in await client.send($0) }, scheduler: parts.scheduler,
            allowedPrivate: inForce?.wiring.allowedPrivate ?? [], time: time,
            keep: { [store = parts.store, logger] hold in
                do {
                    try await store.addHold(hold)
                } catch {
                    logger.error("store hold: \(hold.authority): \(error); it ends with this daemon")
                }
            })
    }

    // MARK: The feed list

    /// Adds feeds to the list in the state directory and puts it into force (H3); nothing is written when none of
    /// them is new.
    func addFeeds(_ feeds: [Feed], _ parts: Parts) async throws -> StateFeedList.Addition {
        try await inTurn { daemon in
            let (config, _) = try daemon.load()
            let list = try StateFeedList.read(inStateDirectory: config.store.directory)
            let addition = list.adding(feeds, listed: config.feeds)
            if !addition.added.isEmpty { try await daemon.replace(addition.list, in: config, parts) }
            return addition
        }
    }

    /// Takes feeds out of the list in the state directory: all of them, or none (H3).
    func removeFeeds(_ names: [String], _ parts: Parts) async throws -> [Feed] {
        try await inTurn { daemon in
            let (config, _) = try daemon.load()
            let list = try StateFeedList.read(inStateDirectory: config.store.directory)
            let ids = names.map { name in config.feeds.first { $0.url == name }?.id ?? name }
            let changed = try list.removing(ids, listed: config.feeds)
            try await daemon.replace(changed, in: config, parts)
            // Whoever lists one of them again means it: neither paused nor gone.
            try await parts.store.resume(ids, at: daemon.time.wall())
            return list.feeds.filter { ids.contains($0.id) }
        }
    }

    /// Writes a list, and puts the old one back when the configuration cannot be put into force with it (O5).
    private func replace(_ list: StateFeedList, in config: Config, _ parts: Parts) async throws {
        let backup = try FeedListBackup(inStateDirectory: config.store.directory)
        do {
            try list.write()
            try await takeConfiguration(parts)
        } catch {
            backup.restore()
            throw error
        }
        backup.discard()
    }

    // MARK: The whole

    /// `reload`: answers when the configuration is in force.
    func reloadNow(_ parts: Parts) async throws -> Reload.Answer {
        let taken = try await inTurn { daemon in try await daemon.reload(parts) }
        return Reload.Answer(feeds: taken.wiring.feeds.count, watches: taken.wiring.watchCount)
    }

    /// `status`.
    func status(_ parts: Parts) async -> DaemonStatus.Answer {
        let load = await parts.scheduler.load
        let counts = tally.counts
        return DaemonStatus.Answer(
            pid: getpid(), version: Kagu.version, configuration: options.configPath, started: started,
            loaded: inForce?.since ?? started, reloadRefusal: reloadRefusal,
            feeds: inForce?.wiring.feeds.count ?? 0, watches: inForce?.wiring.watchCount ?? 0,
            hits: counts.hits,
            polls: DaemonStatus.Polls(
                inFlight: load.inFlight, waitingHops: load.waitingHops, waiting: load.waiting, due: load.due,
                isOffline: load.isOffline, accepted: counts.ok, unchanged: counts.same, failed: counts.err))
    }
}
