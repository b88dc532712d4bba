// SPDX-License-Identifier: Apache-2.0

import CCurl
import Dispatch
import KaguDispatch

/// Confined to its queue. libcurl's sockets in an `EpollSet`, by what libcurl waits for.
///
/// A socket stays in the set between two transfers, which spares two system calls for each.
final class CurlSockets {
    /// What is known of one descriptor number.
    private struct Watch {
        /// The events that the kernel watches for; none: the descriptor is not in the set.
        var registered: EpollSet.Events = []
        /// Whether libcurl wants to hear of them.
        var isWanted = false
        /// Opened through `opened`, so that its end is told to `closed`.
        var isOurs = false
    }

    private let set: EpollSet
    private var watches: [Watch] = []
    /// How many sockets were opened so far.
    private(set) var openedCount = 0

    /// No sockets; `ready` runs on `queue` while one of them is ready. Throws without a descriptor for the set.
    init(queue: DispatchQueue, ready: @escaping () -> Void) throws(EpollError) {
        set = try EpollSet(queue: queue) { _ in ready() }
    }

    /// Ends the watch for good.
    func cancel() { set.cancel() }

    /// A new socket of a connection. Whatever it reports between two transfers ends its watch.
    func opened(_ socket: curl_socket_t) {
        openedCount += 1
        change(socket) { $0 = Watch(isOurs: true) }
    }

    /// A socket told to `opened` is about to be closed.
    func closed(_ socket: curl_socket_t) {
        change(socket) { watch in
            if !watch.registered.isEmpty { set.remove(socket) }
            watch = Watch()
        }
    }

    /// Watches a socket for what libcurl waits for (`CURL_POLL_IN`, `_OUT`, `_INOUT`), or no more (`_REMOVE`).
    func watch(_ socket: curl_socket_t, for action: Int32) {
        let wanted: EpollSet.Events =
            switch action {
            case CURL_POLL_IN: .readable
            case CURL_POLL_OUT: .writable
            case CURL_POLL_INOUT: [.readable, .writable]
            default: []
            }
        change(socket) { watch in
            watch.isWanted = !wanted.isEmpty
            if wanted.isEmpty {
                guard !watch.isOurs else { return }
                // Nothing happens for a socket that is closed already, which has left the set by itself.
                set.remove(socket)
                watch.registered = []
            } else if watch.registered != wanted {
                register(socket, for: wanted, isKnown: !watch.registered.isEmpty)
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

    /// Should the table err, the other operation is right; where neither is, the transfer's time limit ends it.
    private func register(_ socket: curl_socket_t, for events: EpollSet.Events, isKnown: Bool) {
        let number = Int(socket)
        do throws(EpollError) {
            if isKnown {
                try set.change(socket, to: events, number: number)
            } else {
                try set.add(socket, for: events, number: number)
            }
        } catch {
            if isKnown {
                try? set.add(socket, for: events, number: number)
            } else {
                try? set.change(socket, to: events, number: number)
            }
        }
    }

    /// Calls `body` for each socket that is ready now, with the events to tell libcurl (`CURL_CSELECT_…`);
    /// returns how many there were.
    func poll(_ body: (curl_socket_t, Int32) -> Void) -> Int {
        set.poll { number, events in
            let socket = curl_socket_t(truncatingIfNeeded: number)
            guard isWanted(socket) else { return }
            var action: Int32 = 0
            if events.contains(.readable) { action |= CURL_CSELECT_IN }
            if events.contains(.writable) { action |= CURL_CSELECT_OUT }
            if events.contains(.failed) { action |= CURL_CSELECT_ERR }
            body(socket, action)
        }
    }

    /// Whether libcurl waits for the socket. An idle one that reports something, its end as a rule, leaves the set:
    /// libcurl looks at it before it uses it again.
    private func isWanted(_ socket: curl_socket_t) -> Bool {
        var isWanted = false
        change(socket) { watch in
            isWanted = watch.isWanted
            if !isWanted {
                set.remove(socket)
                watch.registered = []
            }
        }
        return isWanted
    }
}
