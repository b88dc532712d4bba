// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Who is at the other end of a connection, as the kernel says (O11).
struct ControlCaller: Hashable, Sendable {
    /// The process; 0 where the kernel does not say.
    let pid: Int32
    /// The user, as this process sees users: 65534 where the service has users of its own (`PrivateUsers=`).
    let uid: UInt32

    init(pid: Int32, uid: UInt32) {
        self.pid = pid
        self.uid = uid
    }

    /// Asks the kernel (SO_PEERCRED, unix(7)).
    init(of descriptor: Int32) {
        // struct ucred: pid, uid and gid, 32 bits each; Glibc's module does not show it.
        var credentials: [UInt32] = [0, .max, .max]
        var length = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
        _ = getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        self.init(pid: Int32(bitPattern: credentials[0]), uid: credentials[1])
    }
}
