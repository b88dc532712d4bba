// SPDX-License-Identifier: Apache-2.0

public import Glibc

/// A name in the Unix domain: of the service manager, the journal, and the control socket (unix(7)).
public struct UnixSocketAddress: Sendable {
    /// The longest path, in bytes.
    public static let maximumPath = 107

    private var address = sockaddr_un()
    private let length: socklen_t

    /// nil when the path is empty or longer than `maximumPath`; a leading `@` means the abstract name space.
    public init?(path: String) {
        let bytes = Array(path.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.maximumPath else { return nil }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { target in
            target.copyBytes(from: bytes)
            if path.hasPrefix("@") { target[0] = 0 }
        }
        // The name ends with its last byte: an abstract one may not carry the array's remaining zeros.
        length = socklen_t(MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } ?? 0)
    }

    /// Hands the address to a system call.
    public func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) {
        withUnsafePointer(to: address) { pointer in
            // sockaddr_un begins with the members of sockaddr (POSIX <sys/un.h>).
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }
}
