// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguModel
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguStore

/// A disk that loses its unsynced pages when the power fails (T4): writes are seen by the process at once, but survive
/// only from the next sync on; a new file's name survives only from the sync of its directory on.
private final class Disk: Sendable {
    struct Cut: Error {}

    private struct State {
        /// The call at which the power fails.
        var left: Int
        var isOff = false
        var synced: [String: Int] = [:]
        var walSynced = 0
        var random: SeededGenerator
    }

    private let state: Mutex<State>
    private let source: String
    private let target: String

    init(source: String, target: String, seed: UInt64) {
        var random = SeededGenerator(seed)
        state = Mutex(State(left: Int.random(in: 1...40, using: &random), random: random))
        (self.source, self.target) = (source, target)
    }

    var isOff: Bool { state.withLock(\.isOff) }

    /// Counts a call; when the power fails with it, what the platter holds is copied to `target`.
    private func isPowered() -> Bool {
        state.withLock { state in
            guard !state.isOff else { return false }
            state.left -= 1
            guard state.left <= 0 else { return true }
            state.isOff = true
            copyPlatter(&state)
            return false
        }
    }

    var faults: StoreFaults {
        var faults = StoreFaults()
        faults.calls.write = { [self] descriptor, bytes in
            guard isPowered() else { return Self.failed(-1) }
            let count = write(descriptor, bytes.baseAddress, bytes.count)
            return isPowered() ? count : Self.failed(-1)
        }
        faults.calls.sync = { [self] descriptor in
            guard isPowered() else { return Self.failed(-1) }
            let path =
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) ?? ""
            state.withLock { $0.synced[path] = Int(lseek(descriptor, 0, SEEK_END)) }
            return isPowered() ? 0 : Self.failed(-1)
        }
        faults.calls.syncDirectory = { [self] _ in
            guard isPowered() else { return Self.failed(-1) }
            let names = (try? FileManager.default.contentsOfDirectory(atPath: source + "/hits")) ?? []
            state.withLock { state in
                for name in names { state.synced[source + "/hits/" + name, default: 0] += 0 }
            }
            return 0
        }
        faults.calls.truncate = { [self] descriptor, end in
            isOff ? Self.failed(-1) : ftruncate(descriptor, off_t(end))
        }
        faults.commit = { [self] in guard isPowered() else { throw Cut() } }
        faults.committed = { [self] in
            state.withLock { $0.walSynced = Self.size(source + "/state.sqlite-wal") }
            guard isPowered() else { throw Cut() }
        }
        return faults
    }

    private static func failed<Value>(_ value: Value) -> Value {
        errno = EIO
        return value
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func copyPlatter(_ state: inout State) {
        for directory in [target, target + "/hits", target + "/quarantine", target + "/backup"] {
            mkdir(directory, 0o750)
        }
        copy("state.sqlite", synced: Int.max, &state)
        copy("state.sqlite-wal", synced: state.walSynced, &state)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: source + "/hits")) ?? [] {
            let synced = state.synced[source + "/hits/" + name]
            // A directory entry that was never synced may be lost with its file.
            if synced == nil, Bool.random(using: &state.random) { continue }
            copy("hits/" + name, synced: synced ?? 0, &state)
        }
    }

    /// Copies a file with its unsynced pages kept, lost or torn.
    private func copy(_ name: String, synced: Int, _ state: inout State) {
        guard let data = FileManager.default.contents(atPath: "\(source)/\(name)") else { return }
        var bytes = [UInt8](data)
        var start = synced
        while start < bytes.count {
            let end = min(bytes.count, (start / 4096 + 1) * 4096)
            switch Int.random(in: 0..<4, using: &state.random) {
            case 0:
                // The file ends here; later pages were never allocated.
                bytes.removeSubrange(start...)
            case 1: for index in start..<end { bytes[index] = 0 }
            case 2: for index in Int.random(in: start..<end, using: &state.random)..<end { bytes[index] = 0 }
            default: break
            }
            start = end
        }
        _ = FileManager.default.createFile(atPath: "\(target)/\(name)", contents: Data(bytes))
    }
}

/// Power cuts at every kind of moment (T4, O35, D1).
@Suite struct PowerCutTests {
    @Test("what was acknowledged is there once after a power cut; what was torn lies in quarantine (O35, T4)")
    func cuts() async throws {
        var cutCount = 0
        for seed in 0..<UInt64(Soak.count(ci: 200, soak: 50_000)) {
            let fixture = try StateFixture(inMemory: true)
            let target = fixture.directory.path("platter")
            let disk = Disk(source: fixture.path, target: target, seed: seed)
            let (store, _) = try fixture.open(faults: disk.faults)
            var acknowledged: [String: Int] = [:]
            for round in 0..<20 where !disk.isOff {
                let at = fixture.now + .seconds(Int64(round))
                let items = (0..<(1 + round % 4)).map { number in
                    let text = String(repeating: "Lagoon \(number) ", count: (round * 37 + number * 211) % 300)
                    return Item.make(id: "\(round)-\(number)", title: "Baku \(round)-\(number)", summary: text)
                }
                if (try? await store.poll(items, at: at, deliveries: [.make()])) != nil {
                    for item in items { acknowledged[item.title] = round }
                }
            }
            await store.close()
            guard disk.isOff else { continue }
            cutCount += 1
            try await check(target, acknowledged, fixture, seed: seed)
        }
        #expect(cutCount > Soak.count(ci: 200, soak: 50_000) / 2)
    }

    private func check(
        _ platter: String, _ acknowledged: [String: Int], _ fixture: StateFixture, seed: UInt64
    ) async throws {
        let (store, recovery) = try Store.open(directory: platter, at: fixture.now)
        try await store.indexRecovered(
            recovery.hits.map { RoutedHit(recovered: $0, deliveries: [.make()]) }, at: fixture.now)
        let titles = HitReader(directory: platter).hits(HitQuery()).map(\.title)
        #expect(Set(titles).count == titles.count, "seed \(seed)")
        #expect(Set(titles).isSuperset(of: acknowledged.keys), "seed \(seed)")
        let owed = try await store.waitingDeliveries().map(\.hitID)
        #expect(owed.count == titles.count, "seed \(seed)")
        if recovery.tornBytes + recovery.badLines > 0 {
            #expect(try !FileManager.default.contentsOfDirectory(atPath: platter + "/quarantine").isEmpty)
        }
        await store.close()
        let report = try StateVerifier(directory: platter).run()
        #expect(report.isSound, "seed \(seed): \(report.findings)")
        #expect(try Store.open(directory: platter, at: fixture.now).recovery.hits.isEmpty, "seed \(seed)")
    }
}
