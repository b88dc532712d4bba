// SPDX-License-Identifier: Apache-2.0

import KaguLoopback
import KaguModel
import KaguStore

/// One run of the demo from the first poll to the last alert; ends everything it started, however it ends.
struct DemoRun {
    /// How often state and inbox are looked at.
    static let pace = Duration.milliseconds(100)

    let data: DemoData
    let files: DemoFiles
    let screen: DemoScreen

    /// Runs both rounds; throws when something could not be started or the daemon ended by itself.
    func run() async throws -> DemoProgress {
        let first = try DemoRound.read(1, from: data.feeds, at: WallClock.now())
        let origin = DemoOrigin(first, at: WallClock.now())
        let server = try LoopbackPort.serve(0) { await origin.answer($0) }
        let inbox = DemoInbox()
        let result: Result<DemoProgress, any Error>
        do {
            let listener = try WebhookListener.start(port: 0, answer: CannedAnswer()) { await inbox.put($0) }
            result = await run(origin, server, inbox, listener, first)
            await listener.stop()
        } catch {
            result = .failure(error)
        }
        await LoopbackPort.stop(server)
        return try result.get()
    }

    private func run(
        _ origin: DemoOrigin, _ server: LoopbackServer, _ inbox: DemoInbox, _ listener: WebhookListener,
        _ first: DemoRound
    ) async -> Result<DemoProgress, any Error> {
        do {
            try files.write(data, originPort: server.port, receiverURL: listener.url)
            try screen.begin(feedCount: first.documents.count, server.port, listener.url)
            var daemon = try DemoDaemon.start(data.daemon, configuration: files.configuration, log: files.log)
            let result: Result<DemoProgress, any Error>
            do {
                result = .success(try await rounds(origin, inbox, first, &daemon))
            } catch {
                result = .failure(error)
            }
            await daemon.stop()
            return result
        } catch {
            return .failure(error)
        }
    }

    private func rounds(
        _ origin: DemoOrigin, _ inbox: DemoInbox, _ first: DemoRound, _ daemon: inout DemoDaemon
    ) async throws -> DemoProgress {
        try await baseline(first.documents.count, &daemon)
        let second = try DemoRound.read(2, from: data.feeds, at: WallClock.now())
        await origin.serve(second, at: WallClock.now())
        let changed = Set(second.documents.filter { first.documents[$0.key] != $0.value }.keys)
        try screen.secondRound(changed.count)
        return try await news(DemoProgress(awaited: changed), origin, inbox, &daemon)
    }

    /// Waits until every feed has been polled once, and shows the feeds.
    private func baseline(_ count: Int, _ daemon: inout DemoDaemon) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + DemoProgress.limit
        var records: [String: FeedRecord] = [:]
        while clock.now < deadline {
            try check(&daemon)
            // The database appears a moment after the start.
            records = (try? StateSnapshot.feedRecords(files.state)) ?? [:]
            if records.count >= count, records.values.allSatisfy({ $0.state != .new }) { break }
            try await Task.sleep(for: Self.pace)
        }
        var query = HitQuery()
        query.includesBaseline = true
        try screen.baseline(records, hits: HitReader(directory: files.state).hits(query).count)
    }

    /// Shows hits and messages as they come, until there is no more to come.
    private func news(
        _ start: DemoProgress, _ origin: DemoOrigin, _ inbox: DemoInbox, _ daemon: inout DemoDaemon
    ) async throws -> DemoProgress {
        let clock = ContinuousClock()
        let began = clock.now
        var progress = start
        var judge = MessageJudge(keys: try MessageJudge.keys(inFile: files.secret))
        let reader = HitReader(directory: files.state)
        var shown: Set<String> = []
        while !progress.isOver(after: clock.now - began) {
            try check(&daemon)
            progress.served = await origin.servedNames
            for hit in reader.hits(HitQuery()) where shown.insert(hit.id).inserted {
                try screen.hit(hit)
                progress.lastNews = clock.now - began
            }
            for request in await inbox.take() {
                let (verdict, isRepeat) = judge.judge(request)
                try screen.alert(request, verdict, isRepeat: isRepeat)
                progress.received += 1
                if verdict == .verified { progress.verified += 1 }
                progress.lastNews = clock.now - began
            }
            progress.owed = Self.owed(files.state)
            try await Task.sleep(for: Self.pace)
        }
        return progress
    }

    /// What the outbox still holds; one where it cannot be read just now.
    private static func owed(_ directory: String) -> Int {
        guard let counts = try? StateReader(directory: directory).deliveryCounts() else { return 1 }
        return (counts[.waiting] ?? 0) + (counts[.pending] ?? 0)
    }

    /// Throws with the daemon's last words when it has ended by itself.
    private func check(_ daemon: inout DemoDaemon) throws {
        guard let status = daemon.ended() else { return }
        let log = (try? InputFile(files.log).read(limit: .mebibytes(1))) ?? []
        let words = String(decoding: log, as: UTF8.self).split(separator: "\n").suffix(5)
            .map { "  " + VisibleText.escaped($0) }.joined(separator: "\n")
        let code = status & 0x7F == 0 ? "with exit code \(status >> 8 & 0xFF)" : "by signal \(status & 0x7F)"
        throw CommandFailure("demo: kagud ended \(code); its last words:\n\(words)")
    }
}
