// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguTestSupport
import Synchronization
import Testing

@testable import KaguDispatch

@Suite("Descriptors in one epoll descriptor (epoll(7))")
struct EpollSetTests {
    private let queue = DispatchQueue(label: "epoll")

    /// Two sockets that are connected to each other.
    private static func pair() -> (near: Int32, far: Int32) {
        var ends: [Int32] = [-1, -1]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends)
        return (ends[0], ends[1])
    }

    /// What a set has told.
    private final class Told: Sendable {
        private let list = Mutex<[(number: Int, events: EpollSet.Events)]>([])

        func add(_ number: Int, _ events: EpollSet.Events) { list.withLock { $0.append((number, events)) } }
        var numbers: Set<Int> { Set(list.withLock { $0.map(\.number) }) }
        var count: Int { list.withLock { $0.count } }
        func events(of number: Int) -> EpollSet.Events? {
            list.withLock { $0.last { $0.number == number }?.events }
        }
    }

    private func soon(_ condition: () -> Bool) async -> Bool {
        for _ in 0..<2_000 {
            if condition() { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return condition()
    }

    @Test("a descriptor is told by its number with what it was watched for, and an end whatever that was")
    func events() async throws {
        let told = Told()
        let set = try EpollSet(queue: queue) { set in
            set.poll { number, events in
                told.add(number, events)
                // Once is enough here.
                if number != 2 || told.count > 20 { set.poll { _, _ in } }
            }
        }
        let (near, far) = Self.pair()
        let (other, gone) = Self.pair()
        defer { for descriptor in [near, far, other] { close(descriptor) } }
        try queue.sync {
            try set.add(near, for: .readable, number: 7)
            try set.add(other, for: [], number: 1 << 40)
        }
        #expect(told.numbers.isEmpty)
        write(far, "x", 1)
        #expect(await soon { told.events(of: 7) == .readable })
        try queue.sync { try set.change(near, to: [.readable, .writable], number: 8) }
        #expect(await soon { told.events(of: 8) == [.readable, .writable] })
        queue.sync { set.remove(near) }
        close(gone)
        #expect(await soon { told.events(of: 1 << 40)?.contains(.readable) == true })
        queue.sync { set.remove(other) }
        let count = told.count
        try await Task.sleep(for: .milliseconds(50))
        #expect(told.count == count)
        queue.sync { set.cancel() }
    }

    @Test("hundreds of ends that come with data, each closed where it is told: none is missed, nothing falls over")
    func abruptEnds() async throws {
        let told = Told()
        let near = Mutex<[Int: Int32]>([:])
        let set = try EpollSet(queue: queue) { set in
            set.poll { number, events in
                told.add(number, events)
                guard let descriptor = near.withLock({ $0.removeValue(forKey: number) }) else { return }
                set.remove(descriptor)
                close(descriptor)
            }
        }
        for round in 0..<20 {
            var far: [Int32] = []
            for number in round * 40..<round * 40 + 40 {
                let (one, other) = Self.pair()
                near.withLock { $0[number] = one }
                try queue.sync { try set.add(one, for: .readable, number: number) }
                far.append(other)
            }
            // EPOLLIN and EPOLLHUP of one socket come together.
            for descriptor in far {
                write(descriptor, "half a line", 11)
                close(descriptor)
            }
        }
        #expect(await soon { told.numbers.count == 800 })
        #expect(told.numbers == Set(0..<800))
        queue.sync { set.cancel() }
    }

    @Test("after its end a set tells nothing, and takes nothing in")
    func cancelled() async throws {
        let told = Told()
        let (near, far) = Self.pair()
        defer { for descriptor in [near, far] { close(descriptor) } }
        var set: EpollSet? = try EpollSet(queue: queue) { $0.poll { told.add($0, $1) } }
        try queue.sync { try set?.add(near, for: .readable, number: 1) }
        queue.sync {
            write(far, "x", 1)
            set?.cancel()
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(told.count == 0)
        #expect(throws: EpollError(number: EBADF)) {
            try queue.sync { try set?.add(far, for: .readable, number: 2) }
        }
        set = nil
    }

    @Test("a descriptor that is there twice, or not at all, is refused with the kernel's reason")
    func refused() throws {
        let set = try EpollSet(queue: queue) { _ in }
        let (near, far) = Self.pair()
        try set.add(near, for: .readable, number: 1)
        #expect(throws: EpollError(number: EEXIST)) { try set.add(near, for: .readable, number: 2) }
        #expect(throws: EpollError(number: ENOENT)) { try set.change(far, to: .readable, number: 2) }
        #expect("\(EpollError(number: EMFILE))" == "cannot watch sockets: Too many open files")
        set.remove(near)
        set.remove(far)
        for descriptor in [near, far] { close(descriptor) }
    }

    @Test("without a descriptor for it there is no set, and the reason is told")
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            let queue = DispatchQueue(label: "epoll")
            // libdispatch takes its own with the first.
            _ = try EpollSet(queue: queue) { _ in }
            let scarce = ScarceDescriptors(left: 0)
            do throws(EpollError) {
                _ = try EpollSet(queue: queue) { _ in }
                exit(EXIT_FAILURE)
            } catch {
                guard error == EpollError(number: EMFILE) else { exit(EXIT_FAILURE) }
            }
            _ = consume scarce
            _ = try EpollSet(queue: queue) { _ in }
        }
    }
}
