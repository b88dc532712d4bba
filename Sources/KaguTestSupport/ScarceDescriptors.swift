// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A process with few descriptors left (RLIMIT_NOFILE), until the object is released. The limit is the whole process's:
/// for tests that run in a process of their own (`#expect(processExitsWith:)`).
public final class ScarceDescriptors {
    private var ballast: [Int32] = []

    /// Leaves that many that can be opened.
    public init(left: Int) {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 256)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        while case let descriptor = dup(STDERR_FILENO), descriptor >= 0 { ballast.append(descriptor) }
        for _ in 0..<left { _ = ballast.popLast().map { close($0) } }
    }

    deinit {
        for descriptor in ballast { close(descriptor) }
    }
}
