// SPDX-License-Identifier: Apache-2.0

import CEpoll
public import Dispatch
import Glibc

/// Confined to its queue. Descriptors in one epoll descriptor (epoll(7)), which one Dispatch source watches.
///
/// A source for each socket is not safe: where data and the end of both directions are told at once (EPOLLIN,
/// EPOLLHUP), libdispatch (Swift 6.3) walks what the source's queue frees at the same moment; and it keys its
/// registrations by descriptor number, so that one that is closed and opened again within a call loses its events.
/// What is added and removed here takes effect at once.
public final class EpollSet {
    /// What a descriptor is watched for, and what it reports.
    public struct Events: OptionSet, Sendable {
        /// The bits, which are no one else's.
        public let rawValue: UInt8

        /// Events of these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// There is something to read: bytes, an end, a connection.
        public static let readable = Events(rawValue: 1)
        /// There is room to write.
        public static let writable = Events(rawValue: 2)
        /// It has failed; told whether it was asked for or not, as is an end in both directions (`readable`).
        public static let failed = Events(rawValue: 4)

        /// What the kernel has told.
        init(kernel: UInt32) {
            self = []
            if kernel & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 { insert(.readable) }
            if kernel & EPOLLOUT.rawValue != 0 { insert(.writable) }
            if kernel & EPOLLERR.rawValue != 0 { insert(.failed) }
        }

        /// What the kernel is to watch for.
        var kernel: UInt32 {
            (contains(.readable) ? EPOLLIN.rawValue : 0) | (contains(.writable) ? EPOLLOUT.rawValue : 0)
        }
    }

    private let descriptor: Int32
    private let queue: DispatchQueue
    private let source: any DispatchSourceRead
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    private var isCancelled = false

    /// An empty set. `ready` runs on `queue` as long as a descriptor in it has something to tell, and asks which with
    /// `poll`. Throws without a descriptor for the set.
    public init(queue: DispatchQueue, ready: @escaping (EpollSet) -> Void) throws(EpollError) {
        let descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw EpollError(number: errno) }
        self.descriptor = descriptor
        self.queue = queue
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in
            if let self, !isCancelled { ready(self) }
        }
        // The descriptor must outlive its registration.
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { cancel() }

    /// Ends the set for good: `ready` runs no more. What is in it should have been closed or removed. Its own descriptor
    /// closes after a moment: an event that is on its way through Dispatch would meet a source that is gone.
    public func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        let farewell = DispatchWorkItem { [source] in source.cancel() }
        queue.asyncAfter(deadline: .now() + .milliseconds(200), execute: farewell)
    }

    /// Watches a descriptor from now on and calls it by `number`. Throws where the kernel has no room for it.
    public func add(_ descriptor: Int32, for events: Events, number: Int) throws(EpollError) {
        try control(EPOLL_CTL_ADD, descriptor, events, number)
    }

    /// Watches a descriptor that is in the set for other events; throws where it is not.
    public func change(_ descriptor: Int32, to events: Events, number: Int) throws(EpollError) {
        try control(EPOLL_CTL_MOD, descriptor, events, number)
    }

    /// Watches a descriptor no longer; nothing happens if it is not in the set. To be called before it is closed, unless
    /// nobody else has the same file open.
    public func remove(_ descriptor: Int32) {
        guard !isCancelled else { return }
        var event = epoll_event()
        epoll_ctl(self.descriptor, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Calls `body` with the number of each descriptor that has something to tell now, and what; returns how many there
    /// were. One that `body` removes may still be told once.
    @discardableResult
    public func poll(_ body: (Int, Events) -> Void) -> Int {
        let count = Int(max(0, epoll_wait(descriptor, &events, Int32(events.count), 0)))
        for index in 0..<count {
            let event = events[index]
            body(Int(truncatingIfNeeded: event.data.u64), Events(kernel: event.events))
        }
        return count
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ events: Events, _ number: Int
    ) throws(EpollError) {
        // Its own number may be somebody else's by then.
        guard !isCancelled else { throw EpollError(number: EBADF) }
        var event = epoll_event()
        event.events = events.kernel
        event.data.u64 = UInt64(truncatingIfNeeded: number)
        guard epoll_ctl(self.descriptor, operation, descriptor, &event) == 0 else {
            throw EpollError(number: errno)
        }
    }
}

/// What the kernel has refused to an `EpollSet`.
public struct EpollError: Error, Hashable, CustomStringConvertible {
    /// `errno`: EMFILE without a descriptor for the set, ENOSPC above `fs.epoll.max_user_watches`, …
    public let number: Int32

    /// The system's wording.
    public var description: String { "cannot watch sockets: \(String(cString: strerror(number)))" }
}
