// SPDX-License-Identifier: Apache-2.0

import CCurl
import Dispatch
import Glibc

/// Confined to its queue. libcurl's sockets in one epoll descriptor of ours, watched by one Dispatch source.
///
/// One source per socket would not do: libdispatch keys its registrations by descriptor number, and libcurl closes
/// and reopens numbers within one call. `epoll_ctl` takes effect at once.
final class EpollSet {
    /// What is known of one descriptor number.
    private struct Watch {
        /// The events that the kernel watches for; 0: the descriptor is not in the set.
        var registered: UInt32 = 0
        /// Whether libcurl wants to hear of them.
        var isWanted = false
        /// Opened through `opened`, so that its end is told to `closed`.
        var isOurs = false
    }

    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var events = [epoll_event](repeating: epoll_event(), count: 256)
    private var watches: [Watch] = []
    /// How many sockets were opened so far.
    private(set) var openedCount = 0
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

    /// A new socket of a connection. It stays in the set between two transfers, which spares two system calls for
    /// each; whatever it reports meanwhile ends its watch.
    func opened(_ socket: curl_socket_t) {
        openedCount += 1
        change(socket) { $0 = Watch(isOurs: true) }
    }

    /// A socket told to `opened` is about to be closed.
    func closed(_ socket: curl_socket_t) {
        change(socket) { watch in
            if watch.registered != 0 { leave(socket) }
            watch = Watch()
        }
    }

    /// Watches a socket for what libcurl waits for (`CURL_POLL_IN`, `_OUT`, `_INOUT`), or no more (`_REMOVE`).
    func watch(_ socket: curl_socket_t, for action: Int32) {
        let wanted: UInt32 =
            switch action {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        change(socket) { watch in
            watch.isWanted = wanted != 0
            if wanted == 0 {
                guard !watch.isOurs else { return }
                // Fails for a socket that is closed already, which has left the set by itself.
                leave(socket)
                watch.registered = 0
            } else if watch.registered != wanted {
                register(socket, for: wanted, isKnown: watch.registered != 0)
                watch.registered = wanted
            }
        }
    }

    private func change(_ socket: curl_socket_t, _ body: (inout Watch) -> Void) {
        let index = Int(socket)
        guard index >= 0 else { return }
        if index >= watches.count { watches += repeatElement(Watch(), count: index + 1 - watches.count) }
        body(&watches[index])
    }

    private func register(_ socket: curl_socket_t, for events: UInt32, isKnown: Bool) {
        var event = epoll_event()
        event.data.fd = socket
        event.events = events
        // Should the table err, the other operation is right.
        if epoll_ctl(descriptor, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event) != 0 {
            epoll_ctl(descriptor, isKnown ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event)
        }
    }

    private func leave(_ socket: curl_socket_t) {
        var event = epoll_event()
        epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, &event)
    }

    /// Calls `body` for each socket that is ready now, with the events to tell libcurl (`CURL_CSELECT_…`);
    /// returns how many there were.
    func poll(_ body: (curl_socket_t, Int32) -> Void) -> Int {
        let count = Int(max(0, epoll_wait(descriptor, &events, Int32(events.count), 0)))
        for index in 0..<count {
            let event = events[index]
            let socket = event.data.fd
            guard isWanted(socket) else { continue }
            var action: Int32 = 0
            if event.events & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue) != 0 {
                action |= CURL_CSELECT_IN
            }
            if event.events & EPOLLOUT.rawValue != 0 { action |= CURL_CSELECT_OUT }
            if event.events & EPOLLERR.rawValue != 0 { action |= CURL_CSELECT_ERR }
            body(socket, action)
        }
        return count
    }

    /// Whether libcurl waits for the socket. An idle one that reports something, its end as a rule, leaves the set:
    /// libcurl looks at it before it uses it again.
    private func isWanted(_ socket: curl_socket_t) -> Bool {
        var isWanted = false
        change(socket) { watch in
            isWanted = watch.isWanted
            if !isWanted {
                leave(socket)
                watch.registered = 0
            }
        }
        return isWanted
    }
}
