// SPDX-License-Identifier: Apache-2.0

import CCurl
import Dispatch
import Glibc

/// Confined to its queue. libcurl's sockets in one epoll descriptor of ours, watched by one Dispatch source.
///
/// One source per socket would not do: libdispatch keys its registrations by descriptor number, and libcurl closes
/// and reopens numbers within one call. `epoll_ctl` takes effect at once.
final class EpollSet {
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    /// Which descriptors are in the set, as libcurl tells; it ends the watch of a socket before it closes it.
    private var watched: [Bool] = []
    private var isCancelled = false

    /// An empty set whose `ready` runs on `queue` while a socket in it is ready; nil without a descriptor for it.
    init?(queue: DispatchQueue, ready: @escaping () -> Void) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: ready)
        // The descriptor must outlive its registration.
        source.setCancelHandler { [descriptor] in close(descriptor) }
        source.activate()
    }

    deinit { cancel() }

    /// Ends the watch; the descriptor is closed once Dispatch has let go of it.
    func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        source.cancel()
    }

    /// Watches a socket for what libcurl waits for (`CURL_POLL_IN`, `_OUT`, `_INOUT`), or no more (`_REMOVE`).
    func watch(_ socket: curl_socket_t, for action: Int32) {
        var event = epoll_event()
        event.data.fd = socket
        switch action {
        case CURL_POLL_IN: event.events = EPOLLIN.rawValue
        case CURL_POLL_OUT: event.events = EPOLLOUT.rawValue
        case CURL_POLL_INOUT: event.events = EPOLLIN.rawValue | EPOLLOUT.rawValue
        default:
            // Fails for a socket that is closed already, which has left the set by itself.
            epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
            mark(socket, false)
            return
        }
        // The table spares a system call; should it err, the other operation is right.
        let isWatched = Int(socket) < watched.count && watched[Int(socket)]
        if epoll_ctl(descriptor, isWatched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0 {
            epoll_ctl(descriptor, isWatched ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event)
        }
        mark(socket, true)
    }

    private func mark(_ socket: curl_socket_t, _ isWatched: Bool) {
        let index = Int(socket)
        guard index >= 0 else { return }
        if index >= watched.count { watched += repeatElement(false, count: index + 1 - watched.count) }
        watched[index] = isWatched
    }

    /// Calls `body` for each socket that is ready now, with the events to tell libcurl (`CURL_CSELECT_…`);
    /// returns how many there were.
    func poll(_ body: (curl_socket_t, Int32) -> Void) -> Int {
        let count = Int(max(0, epoll_wait(descriptor, &events, Int32(events.count), 0)))
        for event in events[..<count] {
            var action: Int32 = 0
            if event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 {
                action |= CURL_CSELECT_IN
            }
            if event.events & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
            if event.events & EPOLLERR.rawValue != 0 { action |= CURL_CSELECT_ERR }
            body(event.data.fd, action)
        }
        return count
    }
}
