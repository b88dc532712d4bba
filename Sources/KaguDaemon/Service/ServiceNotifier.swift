// SPDX-License-Identifier: Apache-2.0

import Glibc

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

/// A name in the Unix domain, for datagrams to the service manager and to the journal.
struct UnixSocketAddress {
    private var address = sockaddr_un()
    private let length: socklen_t

    /// nil when the path does not fit (107 bytes); a leading `@` means the abstract name space.
    init?(path: String) {
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard !bytes.isEmpty, bytes.count < capacity else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: bytes)
            if path.hasPrefix("@") { target[0] = 0 }
        }
        // The name ends with its last byte: an abstract one may not carry the array's remaining zeros.
        length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } ?? 0)
    }

    func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
        withUnsafePointer(to: address) { pointer in
            // sockaddr_un begins with the members of sockaddr (POSIX <sys/un.h>).
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
