// SPDX-License-Identifier: Apache-2.0

import CEpoll
import Dispatch
import Glibc

/// Confined to its queue. Tells which sockets can be read, through one epoll descriptor with one Dispatch source on it.
///
/// A source per socket is not safe: where data and the end of both directions are told at once (EPOLLIN, EPOLLHUP),
/// libdispatch (Swift 6.3) walks what the source's queue frees at the same moment.
final class SocketWatch {
    private let descriptor: Int32
    private let source: any DispatchSourceRead

    /// Calls `isReady` on `queue` with the number of each socket that can be read, or has ended, as long as that is so.
    init(queue: DispatchQueue, isReady: @escaping (Int) -> Void) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [descriptor] in
            for number in Self.ready(descriptor) { isReady(number) }
        }
        source.setCancelHandler { [descriptor] in close(descriptor) }
        source.activate()
    }

    /// Watches a socket from now on.
    func add(_ socket: Int32, number: Int) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
        event.data.u64 = UInt64(number)
        epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event)
    }

    /// Watches it no longer; to be called before it is closed.
    func remove(_ socket: Int32) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
    }

    /// Ends the source for good. Sockets must have been removed a while ago, so that no event is on its way.
    func cancel() { source.cancel() }

    private static func ready(_ descriptor: Int32) -> [Int] {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        let count = epoll_wait(descriptor, &events, Int32(events.count), 0)
        return events.prefix(Int(max(0, count))).map { Int($0.data.u64) }
    }
}
