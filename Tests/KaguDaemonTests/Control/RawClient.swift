// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch
import KaguModel

/// A client of the control socket that may misbehave; closes with its object. Its reads and writes never block the
/// pool that tests share.
final class RawClient: Sendable {
    private let descriptor: Int32

    struct Failure: Error {
        let number: Int32
    }

    /// Connects.
    init(_ path: String) throws {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_UNIX, flags, 0)
        var failure: Int32 = descriptor < 0 ? errno : 0
        UnixSocketAddress(path: path)?.withSocketAddress { [descriptor] in
            if Glibc.connect(descriptor, $0, $1) != 0 { failure = errno }
        }
        guard failure == 0 else {
            close(descriptor)
            throw Failure(number: failure)
        }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    deinit { close(descriptor) }

    /// Writes as much as is taken within `limit`; gives the number of bytes.
    @discardableResult
    func send(_ bytes: [UInt8], within limit: Duration = .seconds(10)) async -> Int {
        let end = ContinuousClock.now + limit
        var sent = 0
        while sent < bytes.count, ContinuousClock.now < end {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try? await Task.sleep(for: .milliseconds(2))
            } else {
                break
            }
        }
        return sent
    }

    /// Writes a text.
    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Says that nothing more will come.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// All that comes until the other side closes; nil when it has not closed within `limit`.
    func receive(within limit: Duration = .seconds(10)) async -> String? {
        let end = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while ContinuousClock.now < end {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 {
                bytes += chunk[..<count]
            } else if count < 0, errno == EAGAIN {
                try? await Task.sleep(for: .milliseconds(2))
            } else {
                return String(decoding: bytes, as: UTF8.self)
            }
        }
        return nil
    }
}

/// Whether `condition` comes true soon.
func soon(within limit: Duration = .seconds(10), _ condition: () async -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return await condition()
}
