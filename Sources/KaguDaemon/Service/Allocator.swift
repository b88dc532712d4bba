// SPDX-License-Identifier: Apache-2.0

import CMalloc
import Dispatch
import Glibc

/// glibc's allocator, set for a process that idles small and works in bursts (B1, B14).
enum Allocator {
    /// Freed memory stays with the process up to this: giving it back and faulting it in again for every body took
    /// a third of the time of a sweep.
    static let keptBytes: Int32 = 16 << 20
    /// Blocks from this size on, a few feeds' bodies, are mappings of their own, so that they leave no holes.
    static let mappedBytes: Int32 = 8 << 20

    /// Once, before threads start: one that has allocated already keeps the arena that it got then. One arena for all
    /// threads: more of them would each keep their own holes.
    static func tune() { kagu_tune_malloc(keptBytes, mappedBytes) }

    /// Gives back what a burst has left, once it is over: free memory, and the pages of our own code, of which a start
    /// or a sweep touches some ten times what an idle daemon runs. What runs comes back from the page cache.
    static func giveBack() {
        kagu_trim_malloc()
        kagu_rest_code(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension Daemon {
    /// Runs `body`, which ends the process. To be called on the first thread, before any other has started: what is set
    /// for the allocator then holds for all.
    public static func runProcess(_ body: @escaping @Sendable () async -> Void) -> Never {
        Allocator.tune()
        Task { await body() }
        dispatchMain()
    }
}
