// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguAlert
import KaguConfig
import KaguDispatch
import KaguHTTP
import KaguMatch
import KaguModel
import KaguStore
public import Logging

/// The daemon: loads, wires, starts and stops the other owners, and owns the signals and the configuration in force
/// (queue `kagu.daemon`).
public actor Daemon {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.daemon")
    /// The queue `kagu.daemon`.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What the command line says.
    public struct Options: Hashable, Sendable {
        /// `--config`; nil: every key at its default.
        public var configPath: String?
        /// `--state-dir`.
        public var stateDirectory: String?
        /// `--feeds`, in order.
        public var feedPatterns: [String]
        /// `--once`.
        public var pollsOnce: Bool

        /// The options of one run.
        public init(
            configPath: String?, stateDirectory: String? = nil, feedPatterns: [String] = [], pollsOnce: Bool = false
        ) {
            self.configPath = configPath
            self.stateDirectory = stateDirectory
            self.feedPatterns = feedPatterns
            self.pollsOnce = pollsOnce
        }
    }

    /// Polls in flight get that long to end when the daemon is asked to stop (O10).
    static let drainTime: Duration = .seconds(5)
    /// How often STATUS is told anew (O4).
    static let statusInterval: Duration = .seconds(30)
    /// How often the store forgets what is no longer needed; for the first time a while after the start.
    static let upkeepInterval: Duration = .seconds(24 * 60 * 60)
    static let firstUpkeep: Duration = .seconds(15 * 60)

    let options: Options
    let loader: ConfigLoader
    let credentials: Credentials
    let notifier: ServiceNotifier
    let logger: Logger
    let time: TimeSource
    let tally = PollTally()

    /// The owners below, once the daemon runs.
    struct Parts {
        let store: Store
        let client: HTTPClient
        let courier: Courier
        let scheduler: Scheduler
        let stories: StoryLedger
    }

    /// A configuration that has been put into force.
    struct InForce: Sendable {
        let config: Config
        let wiring: Wiring
        let since: Instant
    }

    /// When the daemon was made.
    let started: Instant
    /// What it runs with; nil until the first is adopted.
    var inForce: InForce?
    /// Why the last reload was refused; STATUS shows it until one succeeds (O5).
    var reloadRefusal: String?
    /// The last change of the configuration that was ordered; the next one waits for it.
    var lastChange: Task<Void, Never>?
    private var signals: SignalStream?
    private var stopRequest: CheckedContinuation<Void, Never>?
    private(set) var isStopRequested = false
    /// Whether it ends for its next start to mend what this one cannot (O38).
    private var needsRestart = false
    /// Fires when the storage is to be tested; what was told of it last.
    var storageTimer: DeadlineTimer?
    var toldStorage = StorageState()
    private var statusTimer: DeadlineTimer?
    private var upkeepTimer: DeadlineTimer?
    private var control: ControlServer?

    /// A daemon for one run; reads `environment` for systemd's sockets and credentials.
    public init(options: Options, environment: [String: String], logger: Logger, time: TimeSource = .system) {
        self.options = options
        self.logger = logger
        self.time = time
        loader = ConfigLoader(environment: environment)
        credentials = Credentials(environment: environment)
        notifier = ServiceNotifier(environment: environment)
        started = time.wall()
    }

    /// Runs to the end: until SIGTERM or SIGINT, or until every due feed has been polled under `--once`. Problems of
    /// the configuration and of the state directory are written to stderr, all at once.
    public func run() async -> ExitCode {
        // A reload that comes before anything is loaded shall not end the daemon.
        signal(SIGHUP, SIG_IGN)
        let config: Config
        let wiring: Wiring
        do {
            (config, wiring) = try load()
        } catch {
            complain("\(error)")
            return .configuration
        }
        tellWarnings(config, wiring)

        let parts: Parts
        do {
            parts = try await openWithSpace(config, wiring)
        } catch {
            complain("kagud: \(error)")
            return ExitCode(error)
        }
        do {
            try await adopt(config, wiring, parts)
        } catch {
            complain("kagud: \(error)")
            await parts.store.close()
            return .software
        }
        let status = options.pollsOnce ? await runOnce(parts) : await serve(parts, wiring)
        await parts.client.shutdown()
        await parts.store.close()
        return status
    }

    /// Loads and wires the whole configuration; nothing is in force yet.
    func load() throws(ConfigFailure) -> (Config, Wiring) {
        let config = try loader.load(
            path: options.configPath, stateDirectory: options.stateDirectory, feedPatterns: options.feedPatterns)
        return (config, try Wiring(config, credentials: credentials))
    }

    /// Logs what is odd but usable; keys that have no effect where an operator sees them.
    func tellWarnings(_ config: Config, _ wiring: Wiring) {
        for warning in config.warnings + wiring.matcher.warnings { logger.debug("\(warning)") }
        for warning in config.warningsOfIdleKeys { logger.warning("\(warning)") }
    }

    // MARK: Starting

    /// Opens the store, mends what a crash has left, and builds the owners; polls and sends nothing yet.
    func open(_ config: Config, _ wiring: Wiring) async throws(StoreError) -> Parts {
        let (store, recovery) = try openStore(config)
        tellMended(recovery)
        if !recovery.hits.isEmpty {
            logger.notice("recover hits: \(recovery.hits.count) lines that the index did not know are routed now")
            let recent = Set(wiring.feeds.filter(\.alertsRecent).map(\.id))
            let routed = recovery.hits.map { hit in
                RoutedHit(
                    recovered: hit,
                    deliveries: recovery.isDatabaseRebuilt
                        ? wiring.policy.recoveredDeliveries(for: hit)
                        : wiring.policy.deliveries(for: hit, alertsRecent: recent.contains(hit.feed.id)))
            }
            try await store.indexRecovered(routed, at: time.wall())
        }
        // One thread for transfers and schedule: hops between the two wake nobody (B3).
        let polling = DispatchQueue(label: "kagu.polling")
        let client = HTTPClient(settings: Wiring.clientSettings(config), target: polling)
        let courier = Courier(store: store, client: client, logger: logger, time: time)
        let scheduler = Scheduler(plan: .idle(wiring.limits), time: time, target: polling)
        let stories = StoryLedger()
        stories.fill(fromStateDirectory: store.directory.path, at: time.wall())
        return Parts(store: store, client: client, courier: courier, scheduler: scheduler, stories: stories)
    }

    // MARK: Running

    private func runOnce(_ parts: Parts) async -> ExitCode {
        await parts.scheduler.waitUntilIdle()
        await parts.courier.attemptOnce()
        await tellArchiveProblem(parts)
        await keepArchive(parts)
        print(tally.counts)
        return .stopped
    }

    private func serve(_ parts: Parts, _ wiring: Wiring) async -> ExitCode {
        await parts.courier.start()
        logger.notice(
            "watching \(wiring.feeds.count) feeds with \(wiring.watchCount) watches",
            metadata: ["version": .string(Kagu.version)])
        await openControl(parts)
        listen(parts)
        tellStatus(parts)
        planUpkeep(parts, after: Self.firstUpkeep)
        watchStorage(parts)
        Task { await keepArchive(parts) }
        await withCheckedContinuation { continuation in
            if isStopRequested { continuation.resume() } else { stopRequest = continuation }
        }
        notifier.stopping()
        logger.notice("stopping: no new polls, those in flight get \(Self.drainTime)")
        statusTimer?.cancel()
        upkeepTimer?.cancel()
        storageTimer?.cancel()
        await control?.stopListening()
        async let sends: Void = parts.courier.drain(grace: Self.drainTime)
        await parts.scheduler.drain(grace: Self.drainTime)
        await sends
        await control?.stop(grace: .seconds(1))
        return needsRestart ? .software : .stopped
    }

    /// Ends as if asked to, but for the exit code, after which systemd starts anew.
    func stopForRestart() {
        guard !isStopRequested else { return }
        needsRestart = true
        isStopRequested = true
        stopRequest?.resume()
        stopRequest = nil
    }

    /// Opens the control socket (O11). A daemon that cannot be asked still collects: without the socket it goes on.
    private func openControl(_ parts: Parts) async {
        let desk = ControlDesk(daemon: self, parts: parts, logger: logger)
        let path = ControlProtocol.socketPath(stateDirectory: parts.store.directory.path)
        let server = ControlServer(path: path) { line, caller in await desk.answer(line, caller) }
        do {
            try await server.start()
            control = server
            logger.debug("control socket: \(path)")
        } catch {
            logger.error("\(error); kagu cannot ask this daemon for anything, it goes on without")
        }
    }

    /// Lets the store forget what is no longer needed, and seals the archive's past days, once a day (I1, O42).
    private func planUpkeep(_ parts: Parts, after wait: Duration) {
        let timer =
            upkeepTimer
            ?? DeadlineTimer(queue: executor.queue) { [weak self] in
                self?.assumeIsolated { $0.upkeep(parts) }
            }
        upkeepTimer = timer
        timer.schedule(after: wait, leeway: .seconds(60))
    }

    private func upkeep(_ parts: Parts) {
        guard !isStopRequested else { return }
        planUpkeep(parts, after: Self.upkeepInterval)
        Task { [logger, time] in
            do {
                let done = try await parts.store.upkeep(at: time.wall())
                logger.debug("upkeep: forgot \(done.items) items and \(done.events) events")
            } catch {
                logger.error("upkeep: \(error); it is tried again tomorrow")
            }
        }
        Task { await keepArchive(parts) }
    }

    /// Compresses and removes past days of hits and of the archive as configured (O42); works beside the store.
    private func keepArchive(_ parts: Parts) async {
        await keepHits(parts)
        guard let retention = inForce?.wiring.itemRetention else { return }
        let upkeep = ArchiveUpkeep(directory: parts.store.directory.path)
        let done = await upkeep.run(at: time.wall(), retention: retention)
        for problem in done.problems { logger.error("archive of items: \(problem); it is tried again tomorrow") }
        if done.sealed + done.removed > 0 {
            logger.info("archive of items: \(done.sealed) days compressed, \(done.removed) files removed")
        }
    }

    /// Tells that the archive lacks items; their hits are stored all the same.
    private func tellArchiveProblem(_ parts: Parts) async {
        guard let problem = await parts.store.takeArchiveProblem() else { return }
        logger.error("archive of items: \(problem); hits are stored, their full texts are not")
    }

    /// Watches the signals; READY follows when all are in place, or a SIGTERM right after it would be swallowed.
    private func listen(_ parts: Parts) {
        signals = SignalStream(
            [SIGTERM, SIGINT, SIGHUP], queue: executor.queue,
            whenReady: { [notifier, logger] in
                notifier.ready()
                logger.debug("ready")
            },
            receive: { [weak self] signal in self?.assumeIsolated { $0.received(signal, parts) } })
    }

    private func received(_ signal: Int32, _ parts: Parts) {
        if signal == SIGHUP {
            Task { _ = try? await inTurn { daemon in try await daemon.reload(parts) } }
        } else if isStopRequested {
            // Asked twice: SIGKILL is always safe, and so is this.
            _exit(ExitCode.stopped.rawValue)
        } else {
            isStopRequested = true
            stopRequest?.resume()
            stopRequest = nil
        }
    }

    /// Tells systemd one line about the whole, now and every 30 s (O4).
    func tellStatus(_ parts: Parts) {
        let timer =
            statusTimer
            ?? DeadlineTimer(queue: executor.queue) { [weak self] in
                self?.assumeIsolated { daemon in
                    if !daemon.isStopRequested { daemon.tellStatus(parts) }
                }
            }
        statusTimer = timer
        timer.schedule(after: Self.statusInterval, leeway: .seconds(1))
        Task {
            await tellArchiveProblem(parts)
            if await parts.scheduler.load.inFlight == 0 {
                await parts.store.releaseMemory()
                Allocator.giveBack()
            }
            guard notifier.isHeard else { return }
            let feeds = inForce?.wiring.feeds ?? []
            let line = try? await StatusLine(parts.store, parts.scheduler, feeds: feeds, hits: tally.counts.hits)
            guard let line else { return }
            let trouble = parts.store.storage.statusPrefix + (reloadRefusal.map { "\($0); " } ?? "")
            notifier.status(trouble + line.description)
        }
    }

    private func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension Scheduler.Plan {
    /// Polls nothing: what a scheduler follows until the daemon hands it its first plan.
    static func idle(_ limits: Scheduler.Limits) -> Scheduler.Plan {
        Scheduler.Plan(
            feeds: [], limits: limits, begin: { _ in },
            poll: { feed, _, _ in
                PollEnd(nextDue: nil, contact: .undecided, nextURL: feed.url, summary: PollSummary(state: .new))
            })
    }
}

extension ExitCode {
    /// What a store that cannot be opened means for the service (O6).
    init(_ error: StoreError) {
        switch error {
        case .locked: self = .locked
        case .newerSchema: self = .configuration
        case .unusable, .diskFull, .file, .database, .closed: self = .storage
        }
    }
}
