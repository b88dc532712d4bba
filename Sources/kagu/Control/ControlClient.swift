// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch
import KaguModel

/// A connection to a running daemon (O11): one request, one reply. Blocks.
struct ControlClient: ~Copyable {
    /// The socket.
    let path: String
    private let descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Connects to the daemon of a state directory; nil where none runs. Throws where one runs that cannot be asked.
    static func connect(stateDirectory: String) throws -> ControlClient? {
        let path = ControlProtocol.socketPath(stateDirectory: stateDirectory)
        let holder = DaemonLock.holder("\(stateDirectory)/lock")
        guard let address = UnixSocketAddress(path: path) else {
            guard holder.isHeld else { return nil }
            throw CommandFailure(
                "control: \(path): longer than the \(UnixSocketAddress.maximumPath) bytes that a socket's path may "
                    + "have; choose a shorter store.dir")
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw CommandFailure("control: \(SystemReason.text(errno))") }
        var failure: Int32 = 0
        address.withSocketAddress { if Glibc.connect(descriptor, $0, $1) != 0 { failure = errno } }
        if failure == 0 { return ControlClient(path: path, descriptor: descriptor) }
        close(descriptor)
        switch failure {
        case ENOENT, ECONNREFUSED:
            guard holder.isHeld else { return nil }
            throw CommandFailure(
                "control: \(path): nobody listens, though \(holder.name) holds \(stateDirectory); "
                    + "look into its journal, or try again in a moment")
        case EACCES, EPERM:
            throw CommandFailure(
                "control: \(path): \(SystemReason.text(failure)); become a member of the group kagu, or use sudo")
        default: throw CommandFailure("control: \(path): \(SystemReason.text(failure))")
        }
    }

    /// Asks and waits for the answer: as long as it takes, or for `patience`. Throws the daemon's refusal.
    func ask<Verb: ControlVerb>(_ verb: Verb, patience: Duration? = nil) throws -> Verb.Answer {
        try send(verb)
        if let patience {
            var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        return try ControlCoding.answer(of: try reply())
    }

    /// Asks, and does not wait for the answer.
    func send(_ verb: some ControlVerb) throws {
        let line = try ControlCoding.line(of: ControlRequest(verb))
        guard line.count <= ControlProtocol.maximumRequest.bytes else {
            throw CommandFailure(
                "control: a request of \(ByteCount(bytes: line.count)) is longer than "
                    + "\(ControlProtocol.maximumRequest); split the file")
        }
        // A daemon that has heard enough says why and closes: the reply is there to be read all the same.
        guard let failure = Descriptor.write(line, to: descriptor), failure != EPIPE else { return }
        throw CommandFailure("control: \(path): \(SystemReason.text(failure))")
    }

    /// The reply's line without its line end. What follows it does not matter: a daemon that closes with our request
    /// half read resets the connection.
    private func reply() throws -> [UInt8] {
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            let failure = errno
            if count < 0, failure == EINTR { continue }
            if count < 0, failure == EAGAIN {
                throw CommandFailure("control: \(path): the daemon does not answer; look into its journal")
            }
            guard count > 0 else {
                throw CommandFailure(
                    "control: \(path): the daemon ended before it answered; kagu status tells more")
            }
            if let end = chunk[..<count].firstIndex(of: UInt8(ascii: "\n")) { return line + chunk[..<end] }
            line += chunk[..<count]
            guard line.count <= ControlProtocol.maximumReply.bytes else {
                throw CommandFailure("control: \(path): a reply longer than \(ControlProtocol.maximumReply)")
            }
        }
    }
}

extension DaemonLock.Holder {
    /// `process 4711`, or `a process`.
    fileprivate var name: String { pid.map { "process \($0)" } ?? "a process" }
}
