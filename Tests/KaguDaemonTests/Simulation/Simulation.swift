// SPDX-License-Identifier: Apache-2.0

import Dispatch
import KaguAlert
import KaguConfig
import KaguHTTP
import KaguMatch
import KaguModel
import KaguTestSupport
import Logging
import Synchronization

@testable import KaguDaemon
@testable import KaguStore

/// The daemon's own scheduler, fetcher, poller and store over publishers of our making, under a clock of our making
/// (§6).
final class Simulation {
    /// What an operator, the machine or fate does.
    enum Act {
        case kill(downtime: Duration), restart(downtime: Duration), sleep(Duration), stepWall(Duration), reload
        case resume(String), poll(String, isFull: Bool), relist(String, url: String)
    }

    let time: VirtualTime
    let publisher: Publisher
    private let directory: String
    private var feeds: [Feed]
    private let headers: [String: [HTTPHeader]]
    private let death = Death()
    private var record: SimulationRecord
    private let matcher: Matcher
    private var running: Running?
    private let progress: Progress

    struct Running {
        let store: Store
        let courier: Courier
        let client: HTTPClient
        let scheduler: Scheduler
    }

    init(_ world: World, seed: UInt64, directory: String) throws {
        time = VirtualTime(start: Instant(seconds: 1_795_338_000), seed: seed)
        progress = Progress()
        publisher = Publisher(
            time: time, progress: progress, feeds: world.feeds, owners: world.owners, outages: world.outages)
        self.directory = directory
        feeds = world.feeds.map { Feed(id: $0.id, url: $0.url, interval: $0.interval) }
        headers = Dictionary(
            uniqueKeysWithValues: world.feeds.map { ($0.id, $0.headers.map { HTTPHeader($0.name, $0.value) }) })
        record = SimulationRecord(
            feeds: world.judged, owners: world.owners, exchanges: [], outages: world.outages)
        matcher = try Matcher(.make(watches: [.make(when: "\"example\"")]))
    }

    /// Runs until `end`; `script` says what else happens, and when.
    func run(until end: Duration, script: [(at: Duration, act: Act)]) async throws -> SimulationRecord {
        var script = script.sorted { $0.at < $1.at }[...]
        try await boot()
        while true {
            await settle()
            let next = [time.nextDeadline, publisher.nextAnswer, script.first?.at].compactMap { $0 }.min()
            guard let next, next <= end else { break }
            if let act = script.first, act.at <= next {
                script.removeFirst()
                time.advance(to: act.at)
                try await perform(act.act)
            } else {
                let isAnswer = publisher.nextAnswer.map { $0 <= next } ?? false
                time.advance(to: next)
                if isAnswer { publisher.answerNext() }
            }
        }
        try await stop()
        record.end = end
        record.exchanges = publisher.exchanges
        var query = HitQuery()
        query.includesBaseline = true
        HitReader(directory: directory).read(query) { found in
            let item = found.hit.title.dropFirst("Example ".count)
            record.stored["\(found.hit.feed.id)/\(item)", default: 0] += 1
            return true
        }
        return record
    }

    /// Returns when everything in flight waits for a publisher or for a gate.
    private func settle() async {
        guard let scheduler = running?.scheduler else { return }
        var (turns, calm) = (0, 0)
        while true {
            let seen = progress.count
            let parked = publisher.parkedCount
            let load = await scheduler.load
            // The two are of one moment only if nothing has moved in between; and what has ended may be about to begin
            // something else, which makes up for it in the count, so it is looked at again.
            if load.starting == 0, load.inFlight == parked, progress.count == seen {
                calm += 1
                if calm == 3 { return }
                await Task.yield()
                continue
            }
            calm = 0
            turns += 1
            // Landings and waits for hops make no progress that can be seen from here.
            if turns % 3 != 0 { await progress.wait(beyond: seen) } else { await Task.yield() }
        }
    }

    // MARK: The daemon

    private func boot() async throws {
        let faults = StoreFaults(beforeCommit: { [death] in
            if death.isDead.withLock({ $0 }) { throw StoreError.closed }
        })
        let (store, recovery) = try Store.open(directory: directory, at: time.wall, faults: faults)
        try await store.indexRecovered(recovery.hits.map { RoutedHit(recovered: $0) }, at: time.wall)
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        let courier = Courier(store: store, client: client, logger: logger, time: time.source)
        let scheduler = Scheduler(plan: .idle(limits), time: time.source)
        let running = Running(store: store, courier: courier, client: client, scheduler: scheduler)
        self.running = running
        try await follow(running)
    }

    private var limits: Scheduler.Limits {
        Scheduler.Limits(
            concurrency: 64, inFlightPerHost: 1, spacingPerHost: .seconds(1), hostGroups: World.hostGroups)
    }

    private func follow(_ running: Running) async throws {
        var settings = PollSettings()
        settings.hostGroups = World.hostGroups
        settings.maximumInterval = World.ceiling
        let logger = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        let poller = Poller(
            fetcher: FeedFetcher(
                send: { [publisher] in await publisher.send($0) }, allowedPrivate: [], time: time.source),
            store: running.store, courier: running.courier, matcher: matcher,
            policy: AlertPolicy(
                tree: RouteTree(root: Route(name: "root", receiver: "")), maximumAge: .seconds(86_400)),
            pace: PollPace(settings: settings, privateFeeds: []), assembly: HitAssembly(strippedParameters: []),
            feedHeaders: headers, keepsItems: false, health: HealthLog(logger: logger), tally: PollTally(),
            time: time.source)
        let plan = Scheduler.Plan(
            feeds: feeds, limits: limits, begin: { await poller.begin($0) },
            poll: { [progress] feed, order, scheduler in
                let end = await poller.poll(feed, order, by: scheduler)
                progress.note()
                return end
            },
            online: { await poller.online() },
            clockStepped: { await poller.clockStepped(by: $0, inFlight: $1) })
        let now = time.wall
        let records = try await running.store.feedRecords()
        let standings = feeds.compactMap { feed in
            records[feed.id].map { (feed.id, FeedStanding(of: feed, $0, at: now)) }
        }
        try await running.scheduler.follow(
            plan, standings: Dictionary(uniqueKeysWithValues: standings), holds: running.store.holds(at: now))
    }

    private func stop() async throws {
        guard let running else { return }
        await running.scheduler.drain(grace: .zero)
        await running.store.close()
        await running.client.shutdown()
        self.running = nil
    }

    // MARK: What happens

    private func perform(_ act: Act) async throws {
        guard let running else { return }
        switch act {
        case .restart(let downtime):
            try await stop()
            try await comeBack(after: downtime)
        case .kill(let downtime):
            try await die()
            try await comeBack(after: downtime)
        case .sleep(let length):
            let from = time.now
            time.advance(to: from + length)
            record.happenings.append(.slept(from: from, to: time.now))
        case .stepWall(let step):
            time.stepWall(by: step)
            record.happenings.append(.wallStepped(time.now, by: step))
        case .reload: try await follow(running)
        case .relist(let id, let url):
            guard let index = feeds.firstIndex(where: { $0.id == id }) else { return }
            feeds[index] = Feed(id: id, url: url, interval: feeds[index].interval)
            record.happenings.append(.relisted(id, url: url, time.now))
            try await follow(running)
        case .resume(let id):
            record.happenings.append(.resumed(id, time.now))
            await running.scheduler.halt([id])
            try await running.store.resume([id], at: time.wall)
            let stored = try await running.store.feedRecord(id) ?? FeedRecord()
            guard let feed = feeds.first(where: { $0.id == id }) else { return }
            await running.scheduler.resume([id: FeedStanding(of: feed, stored, at: time.wall)])
        case .poll(let id, let isFull):
            record.happenings.append(.ordered(id, time.now, isFull: isFull))
            let before = await running.scheduler.lastRequest
            Task { await running.scheduler.pollNow([id], isFull: isFull) }
            while await running.scheduler.lastRequest == before { await Task.yield() }
        }
    }

    /// Nothing that the daemon does from now on lasts: some answers still come, some hit lines are written.
    private func die() async throws {
        death.isDead.withLock { $0 = true }
        publisher.cut(true)
        for _ in 0..<5 {
            guard let next = publisher.nextAnswer, next < time.now + .seconds(2) else { break }
            time.advance(to: next)
            publisher.answerNext()
            await settle()
        }
        try await stop()
        publisher.cut(false)
        death.isDead.withLock { $0 = false }
    }

    private func comeBack(after downtime: Duration) async throws {
        record.happenings.append(.died(time.now))
        time.advance(to: time.now + downtime)
        record.happenings.append(.began(time.now))
        try await boot()
    }
}

/// Whether the daemon is as good as dead: nothing that it stores lasts.
private final class Death: Sendable {
    let isDead = Mutex(false)
}

/// Counts what has moved, and wakes who waits for it.
final class Progress: Sendable {
    private struct State {
        var count = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    /// Something has moved.
    func note() {
        let waiter = state.withLock { state in
            state.count += 1
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Returns when more has moved than `seen`, or after a moment.
    func wait(beyond seen: Int) async {
        DispatchQueue.global().asyncAfter(deadline: .now() + .microseconds(150)) { self.note() }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.count > seen { return true }
                state.waiter = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
