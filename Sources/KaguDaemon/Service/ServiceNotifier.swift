// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch

/// Tells systemd what the service is doing: datagrams to `$NOTIFY_SOCKET` (sd_notify(3)), without libsystemd.
///
/// Outside systemd the variable is absent and every call does nothing. A socket that cannot be reached is no
/// error: the service manager notices by itself.
public struct ServiceNotifier: Sendable {
    private let socketPath: String?

    /// A notifier for the socket named in `environment`; a leading `@` means the abstract name space.
    public init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"]
    }

    /// Whether there is anyone to tell.
    var isHeard: Bool { socketPath != nil }

    /// The service has started (O2).
    public func ready() { send("READY=1") }

    /// The service is shutting down (O10).
    public func stopping() { send("STOPPING=1") }

    /// The service reads its configuration again (O5).
    public func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The start takes that much longer (O10).
    public func extendStart(by time: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(time.components.seconds * 1_000_000)")
    }

    /// One line for `systemctl status` (O4).
    public func status(_ text: String) {
        send("STATUS=" + text.replacing("\n", with: " "))
    }

    private func send(_ message: String) {
        guard let socketPath, socketPath.hasPrefix("/") || socketPath.hasPrefix("@") else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        UnixSocketAddress(path: socketPath)?.withSocketAddress { address, length in
            let bytes = Array(message.utf8)
            _ = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
        }
    }
}
