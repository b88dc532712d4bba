// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns the demo's `kagud`: started with its messages in a file, always ended.
struct DemoDaemon: ~Copyable {
    /// SIGTERM, and after that long SIGKILL.
    static let patience = Duration.seconds(10)

    /// The process number.
    let pid: pid_t
    private var status: Int32?

    /// Starts `program --config configuration`; standard output and error go to `log`.
    static func start(_ program: String, configuration: String, log: String) throws -> DemoDaemon {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this program ignores, the daemon must not inherit as ignored.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        // Dispatch's threads block signals; a child born on one would never hear SIGTERM.
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var arguments: [UnsafeMutablePointer<CChar>?] = [program, "--config", configuration]
            .map { (word: String) in strdup(word) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let failure = posix_spawn(&pid, program, &actions, &attributes, arguments, environ)
        guard failure == 0 else {
            throw CommandFailure("demo: \(program): \(SystemReason.text(failure)); build or install kagud again")
        }
        return DemoDaemon(pid: pid, status: nil)
    }

    /// The wait status once it has ended; nil while it runs.
    mutating func ended() -> Int32? {
        if let status { return status }
        var found: Int32 = 0
        let result = waitpid(pid, &found, WNOHANG)
        if result == pid { status = found } else if result < 0, errno == ECHILD { status = 0 }
        return status
    }

    /// Asks it to stop and waits; kills it when it takes longer than `patience`.
    mutating func stop() async {
        guard ended() == nil else { return }
        kill(pid, SIGTERM)
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        var isKilled = false
        while ended() == nil {
            if !isKilled, clock.now >= deadline {
                kill(pid, SIGKILL)
                isKilled = true
            }
            // Not cancellable: the child must be gone before this returns.
            await Task.detached { try? await Task.sleep(for: .milliseconds(50)) }.value
        }
    }
}
