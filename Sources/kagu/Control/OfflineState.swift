// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguConfig
import KaguModel
import KaguStore

/// The state directory of a daemon that does not run: a command takes its lock and writes itself (O11).
struct OfflineState {
    /// Loads the configuration as the daemon would.
    let load: () throws -> Config
    /// The state directory.
    let directory: String

    /// Adds feeds to `feeds.yaml` (H3); nothing is kept with which the configuration would not be valid.
    func add(_ feeds: [Feed]) async throws -> StateFeedList.Addition {
        try await locked(makesDirectory: true) { _ in
            let config = try load()
            let list = try StateFeedList.read(inStateDirectory: directory)
            let addition = list.adding(feeds, listed: config.feeds)
            if !addition.added.isEmpty { try replace(addition.list) }
            return addition
        }
    }

    /// Takes feeds out of `feeds.yaml`; throws, and changes nothing, where one of them is not in it.
    func remove(_ names: [String]) async throws -> [Feed] {
        try await locked { store in
            let config = try load()
            let list = try StateFeedList.read(inStateDirectory: directory)
            let ids = names.map { name in config.feeds.first { $0.url == name }?.id ?? name }
            try replace(try list.removing(ids, listed: config.feeds))
            try await store.resume(ids, at: WallClock.now())
            return list.feeds.filter { ids.contains($0.id) }
        }
    }

    /// Runs `body` with the store open and its lock held; throws where another process holds it. Only what may come before
    /// a first start `makesDirectory`: elsewhere it is a wrong path, and a success there would be believed.
    func locked<Value>(
        makesDirectory: Bool = false, _ body: (Store) async throws -> Value
    ) async throws -> Value {
        if !makesDirectory { try StateSnapshot.require(directory) }
        try StateOwner.become(ownerOf: directory)
        let (store, _) = try Store.open(directory: directory, at: WallClock.now())
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(store))
        } catch {
            result = .failure(error)
        }
        await store.close()
        return try result.get()
    }

    private func replace(_ list: StateFeedList) throws {
        let backup = try FeedListBackup(inStateDirectory: directory)
        do {
            try list.write()
            _ = try load()
        } catch {
            backup.restore()
            throw error
        }
        backup.discard()
    }
}

/// Who writes into a state directory: its owner, so that the daemon can read it again.
enum StateOwner {
    /// Gives up root for the owner of `directory`; everybody else stays who they are.
    static func become(ownerOf directory: String) throws {
        var status = stat()
        guard geteuid() == 0, stat(directory, &status) == 0, status.st_uid != 0 else { return }
        guard setgroups(0, nil) == 0, setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
            throw CommandFailure(
                "state: \(directory): \(SystemReason.text(errno)); run the command as the user of kagud")
        }
    }
}
