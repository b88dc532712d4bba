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
    }

    private var signals: SignalStream?
    private var stopRequest: CheckedContinuation<Void, Never>?
    private var isStopRequested = false
    private var statusTimer: DeadlineTimer?
    private var reloading: Task<Void, Never>?
    private var feedCount = 0
    /// Why the last reload was refused; STATUS shows it until one succeeds (O5).
    var reloadRefusal: String?

    /// A daemon for one run; reads `environment` for systemd's sockets and credentials.
    public init(options: Options, environment: [String: String], logger: Logger, time: TimeSource = .system) {
        self.options = options
        self.logger = logger
        self.time = time
        loader = ConfigLoader(environment: environment)
        credentials = Credentials(environment: environment)
        notifier = ServiceNotifier(environment: environment)
    }

    /// Runs to the end: until SIGTERM or SIGINT, or until every due feed has been polled under `--once`. Problems of
    /// the configuration and of the state directory are written to stderr, all at once.
    public func run() async -> ExitCode {
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
            parts = try await open(config, wiring)
        } catch {
            complain("kagud: \(error)")
            return ExitCode(error)
        }
        let status = options.pollsOnce ? await runOnce(parts, wiring) : await serve(parts, wiring)
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
    private func open(_ config: Config, _ wiring: Wiring) async throws(StoreError) -> Parts {
        let (store, recovery) = try Store.open(directory: config.store.directory, at: time.wall())
        if recovery.tornBytes > 0 {
            logger.warning("recover hits: \(recovery.tornBytes) bytes of a torn line were moved to quarantine/")
        }
        if !recovery.hits.isEmpty {
            logger.notice("recover hits: \(recovery.hits.count) lines that the index did not know are routed now")
            let recent = Set(wiring.feeds.filter(\.alertsRecent).map(\.id))
            let routed = recovery.hits.map { hit in
                RoutedHit(
                    recovered: hit,
                    deliveries: wiring.policy.deliveries(for: hit, alertsRecent: recent.contains(hit.feed.id)))
            }
            try await store.indexRecovered(routed, at: time.wall())
        }
        let client = HTTPClient(settings: Wiring.clientSettings(config))
        let courier = Courier(store: store, client: client, logger: logger, time: time)
        let scheduler = Scheduler(plan: .idle(wiring.limits), time: time)
        return Parts(store: store, client: client, courier: courier, scheduler: scheduler)
    }

    /// Puts a configuration into force: at start, and again at each reload.
    func adopt(_ wiring: Wiring, _ parts: Parts) async throws {
        // First what can fail: a configuration is taken whole or not at all (O5).
        let now = time.wall()
        let dueTimes = try await parts.store.feedRecords().compactMapValues { $0.dueTime(at: now) }
        let fetcher = FeedFetcher(client: parts.client, allowedPrivate: wiring.allowedPrivate, time: time)
        let poller = Poller(
            fetcher: fetcher, store: parts.store, courier: parts.courier, matcher: wiring.matcher,
            policy: wiring.policy, pace: wiring.pace, assembly: wiring.assembly, feedHeaders: wiring.feedHeaders,
            health: HealthLog(logger: logger), tally: tally, time: time)
        try await parts.courier.adopt(receivers: wiring.receivers, policy: wiring.policy)
        let plan = Scheduler.Plan(
            feeds: wiring.feeds, limits: wiring.limits,
            begin: { feeds in await poller.begin(feeds) },
            poll: { feed, scheduler in await poller.poll(feed, by: scheduler) },
            isOnce: options.pollsOnce)
        await parts.scheduler.follow(plan, dueTimes: dueTimes)
        feedCount = wiring.feeds.count
    }

    // MARK: Running

    private func runOnce(_ parts: Parts, _ wiring: Wiring) async -> ExitCode {
        do {
            try await adopt(wiring, parts)
        } catch {
            complain("kagud: \(error)")
            return .software
        }
        await parts.scheduler.waitUntilIdle()
        await parts.courier.attemptOnce()
        print(tally.counts)
        return .stopped
    }

    private func serve(_ parts: Parts, _ wiring: Wiring) async -> ExitCode {
        do {
            try await adopt(wiring, parts)
        } catch {
            complain("kagud: \(error)")
            return .software
        }
        await parts.courier.start()
        logger.notice(
            "watching \(wiring.feeds.count) feeds with \(wiring.matcher.watchlist.watches.count) watches",
            metadata: ["version": .string(Kagu.version)])
        listen(parts)
        tellStatus(parts)
        await withCheckedContinuation { continuation in
            if isStopRequested { continuation.resume() } else { stopRequest = continuation }
        }
        notifier.stopping()
        logger.notice("stopping: no new polls, those in flight get \(Self.drainTime)")
        statusTimer?.cancel()
        async let sends: Void = parts.courier.drain(grace: Self.drainTime)
        await parts.scheduler.drain(grace: Self.drainTime)
        await sends
        return .stopped
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
            let previous = reloading
            reloading = Task {
                await previous?.value
                await reload(parts)
            }
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
            let line = try? await StatusLine(parts.store, feeds: feedCount, hits: tally.counts.hits)
            guard let line else { return }
            notifier.status((reloadRefusal.map { "\($0); " } ?? "") + line.description)
        }
    }

    private func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }
}

extension FeedRecord {
    /// When the feed is due. A poll that began in the future was stored under a clock that has been set back since:
    /// the feed then keeps its interval from now on, instead of waiting for that clock (P20).
    func dueTime(at now: Instant) -> Instant? {
        guard let nextDue, let lastStart, lastStart > now, state != .gone else { return nextDue }
        return now + max(.zero, nextDue - lastStart)
    }
}

extension Scheduler.Plan {
    /// Polls nothing: what a scheduler follows until the daemon hands it its first plan.
    static func idle(_ limits: Scheduler.Limits) -> Scheduler.Plan {
        Scheduler.Plan(feeds: [], limits: limits, begin: { _ in }, poll: { _, _ in Instant(milliseconds: 0) })
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
