// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguDispatch
import KaguMatch
import KaguModel
import KaguStore
import Logging

extension Daemon {
    /// How often storage that takes no polls is tried again, and the free space looked at (O36).
    static let storageInterval: Duration = .seconds(30)

    /// As `open`; on a disk that is too full to open anything on it waits for space, tells what it needs, and tries again
    /// every 30 s (O36). systemd is asked for the time (O10); under `--once` there is no waiting.
    func openWithSpace(_ config: Config, _ wiring: Wiring) async throws(StoreError) -> Parts {
        var hasTold = false
        while true {
            do throws(StoreError) {
                return try await open(config, wiring)
            } catch {
                guard case .diskFull = error, !options.pollsOnce else { throw error }
                let news = SpaceNews(config.store)
                // Nothing is open yet: a stop is a stop at once, also for the first process of a container.
                for stop in [SIGTERM, SIGINT] { signal(stop) { _ in _exit(ExitCode.stopped.rawValue) } }
                if !hasTold { logger.error("\(news.text); nothing is polled, it is tried again every 30 s") }
                hasTold = true
                notifier.extendStart(by: Self.storageInterval * 3)
                notifier.status(news.text)
            }
            try? await Task.sleep(for: Self.storageInterval)
        }
    }

    /// Opens the store. Work that takes long is told to systemd, so that a start that mends a large state is not taken for
    /// one that hangs (O10), and its beginning to the journal.
    func openStore(_ config: Config) throws(StoreError) -> (store: Store, recovery: Recovery) {
        let notice = OpeningNotice()
        return try Store.open(
            directory: config.store.directory, at: time.wall(), limits: config.store.limits,
            report: { [notifier, logger, time] progress in
                guard let message = notice.message(progress, at: time.wall()) else { return }
                notifier.extendStart(by: message.allowance)
                notifier.status(message.text)
                if message.isFirst { logger.notice("\(message.text)") }
            })
    }

    /// Tells what `Store.open` has mended.
    func tellMended(_ recovery: Recovery) {
        if let rebuild = recovery.rebuild {
            let lost =
                rebuild.damagedTables.isEmpty
                ? "" : "; not all of: \(rebuild.damagedTables.joined(separator: ", "))"
            logger.error(
                """
                state.sqlite: \(rebuild.reason): it was made anew with \(rebuild.rows) rows that could be read and \
                \(rebuild.hits) hits of the files\(lost); what was there lies in quarantine/
                """)
            if recovery.isDatabaseRebuilt {
                logger.warning(
                    "alerts: hits of the last 24 h are told once more, for want of a record of what was told")
            }
        }
        if recovery.tornBytes > 0 {
            logger.warning("recover hits: \(recovery.tornBytes) bytes of a torn line were moved to quarantine/")
        }
        if recovery.badLines > 0 {
            logger.error("recover hits: \(recovery.badLines) lines are no hits; copied to quarantine/, passed over")
        }
        if recovery.newerLines > 0 {
            logger.warning("recover hits: \(recovery.newerLines) lines of a later kagu are passed over")
        }
        if recovery.leftUntold > 0 {
            logger.error(
                "alerts: \(recovery.leftUntold) older hits of the last 24 h are not told again: there are too many of them"
            )
        }
        if recovery.adoptedHits > 0 {
            logger.notice(
                """
                hit files: \(recovery.adoptedFiles) files of past days with \(recovery.adoptedHits) hits came from \
                elsewhere; they are indexed, and nothing of them is told
                """)
        }
        for file in recovery.unreadable {
            logger.error("recover hits: \(file); make it readable and restart: hits in it may wait to be told")
        }
    }

    /// Tests the storage now and every 30 s, and tells once when it turns bad and once when it is well again (O13, O36).
    /// A database that turned out to be damaged is mended by the next start: the daemon ends for it (O38).
    func watchStorage(_ parts: Parts) {
        guard !isStopRequested else { return }
        let isFirst = storageTimer == nil
        let timer =
            storageTimer
            ?? DeadlineTimer(queue: executor.queue) { [weak self] in self?.assumeIsolated { $0.watchStorage(parts) }
            }
        storageTimer = timer
        timer.schedule(after: Self.storageInterval, leeway: .seconds(1))
        Task {
            if isFirst {
                await parts.store.whenPaused { [weak self] in
                    guard let self else { return }
                    Task { await self.tellStorage(parts.store.storage, parts) }
                }
            }
            tellStorage(await parts.store.testStorage(), parts)
        }
    }

    /// Tells what has changed since it was last told.
    func tellStorage(_ state: StorageState, _ parts: Parts) {
        if let news = StorageNews(before: toldStorage, now: state) {
            logger.log(level: news.level, "\(news.text)")
            toldStorage = state
            tellStatus(parts)
        }
        if state.needsRestart { stopForRestart() }
    }

    /// The daily work on the hit files (O42).
    func keepHits(_ parts: Parts) async {
        guard let settings = inForce?.config.store else { return }
        let done = await parts.store.keepFiles(at: time.wall(), settings.keeping, folding: SearchText.fold)
        for problem in done.problems { logger.error("hit files: \(problem); it is tried again tomorrow") }
        if done.compressed + done.removed + done.expiredFiles > 0 {
            logger.info(
                """
                hit files: \(done.compressed) days compressed, \(done.removed) files with \(done.removedHits) hits \
                removed, \(done.expiredFiles) left quarantine/ and backup/
                """)
        }
    }
}

/// What the journal hears when the storage turns bad, and when it is well again (O13, O36, O37, O40).
struct StorageNews: Hashable {
    let level: Logger.Level
    let text: String

    /// What changed between two looks; nil where nothing did.
    init?(before: StorageState, now: StorageState) {
        guard before.problem != now.problem || before.needsRestart != now.needsRestart else { return nil }
        guard let problem = now.problem else {
            level = .notice
            text = "storage: it takes data again; polling goes on"
            return
        }
        level = .error
        let why = now.freeBytes.map { " (\($0 / (1 << 20)) MiB free)" } ?? ""
        text =
            now.needsRestart
            ? "storage: \(problem): the database is damaged; kagud ends, and its next start mends it"
            : "storage: \(problem)\(why); polling has stopped, alerts are still sent, it is tried again every 30 s"
    }
}

/// What a start hears that finds no space (O36).
struct SpaceNews: Hashable {
    let text: String

    init(_ settings: StoreSettings) {
        let path = settings.directory
        let free = StorageLimits.freeBytes(at: path).map { "\($0 / (1 << 20)) MiB are free" }
        let needed = settings.limits.neededAtStart / (1 << 20)
        text =
            "storage: \(path): the disk is full: \(free ?? "too little is free"), "
            + "kagud needs \(needed) MiB (store.min_free and 8 MiB); free some"
    }
}

extension StorageState {
    /// What STATUS says before all else; empty while storage is well (O4, O36).
    var statusPrefix: String { problem.map { "storage: \($0), polling has stopped; " } ?? "" }
}

extension StoreSettings {
    /// What the store needs of its file system.
    var limits: StorageLimits { StorageLimits(minimumFree: Int(clamping: minimumFree.bytes)) }

    /// How long hits are kept, and from when they are compressed.
    var keeping: HitKeeping {
        let retention: HitKeeping.Retention =
            switch hitRetention {
            case .forever: .forever
            case .age(let age): .age(age)
            case .size(let size): .size(Int(clamping: size.bytes))
            }
        return HitKeeping(retention: retention, compressAfter: compressAfter)
    }
}
