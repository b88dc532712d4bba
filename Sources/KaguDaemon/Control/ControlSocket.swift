// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch

/// Confined to its queue. The listening end of the control socket (O11): binds the path, hands over descriptors of
/// new connections when its owner says that there are some, and removes the path when it is closed.
///
/// A file of a daemon that was killed is replaced: whoever holds the lock of the state directory is the only daemon
/// (O39). Mode 0660: owner and group, nobody else.
final class ControlSocket {
    /// Who may connect.
    static let mode: mode_t = 0o660
    /// How long no connection is taken when the system has no descriptor left.
    static let rest: Duration = .seconds(1)
    /// What it is called in its owner's sockets.
    static let number = 0

    private let path: String
    private let descriptor: Int32
    private let queue: DispatchQueue
    private let sockets: EpollSet
    private let accepted: (Int32) -> Void
    private var restTimer: DeadlineTimer?
    private var isClosed = false

    /// Listens at `path`, in `sockets` by its `number`; `accepted` owns the descriptors that it gets, which do not block.
    /// Throws with the reason.
    init(
        path: String, queue: DispatchQueue, sockets: EpollSet, accepted: @escaping (Int32) -> Void
    ) throws(ControlSocketError) {
        self.path = path
        self.queue = queue
        self.sockets = sockets
        self.accepted = accepted
        descriptor = try Self.listen(at: path)
        do throws(EpollError) {
            try sockets.add(descriptor, for: .readable, number: Self.number)
        } catch {
            // All members are set: `deinit` closes what is open.
            throw ControlSocketError(path: path, number: error.number)
        }
    }

    deinit { close() }

    /// Takes no more connections and removes the path.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        restTimer?.cancel()
        unlink(path)
        sockets.remove(descriptor)
        Glibc.close(descriptor)
    }

    /// Takes connections that wait.
    func accept() {
        // Some at a time, so that those who are connected get their turn.
        for _ in 0..<16 {
            let connection = Glibc.accept(descriptor, nil, nil)
            if connection >= 0 {
                // accept4 is not in Swift's Glibc; the daemon starts no other programs.
                _ = fcntl(connection, F_SETFL, O_NONBLOCK)
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                accepted(connection)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return takeRest()
            default: return
            }
        }
    }

    /// Without descriptors it would be called again and again.
    private func takeRest() {
        sockets.remove(descriptor)
        let timer = restTimer ?? DeadlineTimer(queue: queue) { [weak self] in self?.goOn() }
        restTimer = timer
        timer.schedule(after: Self.rest)
    }

    private func goOn() {
        guard !isClosed else { return }
        if (try? sockets.add(descriptor, for: .readable, number: Self.number)) == nil { takeRest() }
    }

    private static func listen(at path: String) throws(ControlSocketError) -> Int32 {
        guard let address = UnixSocketAddress(path: path) else {
            throw ControlSocketError(
                path: path,
                reason: "longer than the \(UnixSocketAddress.maximumPath) bytes that a socket's path may have; "
                    + "choose a shorter store.dir")
        }
        try makeWay(at: path)
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, flags, 0)
        guard descriptor >= 0 else { throw ControlSocketError(path: path, number: errno) }
        var isBound = false
        address.withSocketAddress { isBound = bind(descriptor, $0, $1) == 0 }
        // Between bind and listen nobody can connect: the mode is set in time whatever the umask.
        guard isBound, chmod(path, mode) == 0, Glibc.listen(descriptor, 128) == 0 else {
            let number = errno
            Glibc.close(descriptor)
            if isBound { unlink(path) }
            throw ControlSocketError(path: path, number: number)
        }
        return descriptor
    }

    /// Removes what a killed daemon left, and nothing that is no socket.
    private static func makeWay(at path: String) throws(ControlSocketError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ControlSocketError(path: path, reason: "is there already and no socket; move it away")
        }
        guard unlink(path) == 0 else { throw ControlSocketError(path: path, number: errno) }
    }
}

/// Why there is no control socket.
struct ControlSocketError: Error, Hashable, CustomStringConvertible {
    /// Where it was to be.
    let path: String
    /// The rest of the sentence.
    let reason: String

    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// A failed call.
    init(path: String, number: Int32) {
        let words = strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
        self.init(path: path, reason: words)
    }

    /// What, why and what to do.
    var description: String { "control socket \(path): \(reason)" }
}
