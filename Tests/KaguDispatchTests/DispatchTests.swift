// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguDispatch
import Synchronization
import Testing

private actor Pinned {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.test")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    var timer: DeadlineTimer?
    var signals: SignalStream?
    private(set) var count = 0

    func label() -> String { executor.queue.label }

    func increment() { count += 1 }

    /// Arms a timer whose handler runs in the actor's isolation; returns when it has fired.
    func waitForTimer(after delay: Duration, movedTo later: Duration?) async {
        await withCheckedContinuation { continuation in
            let timer = DeadlineTimer(queue: executor.queue) { [weak self] in
                self?.assumeIsolated { $0.increment() }
                continuation.resume()
            }
            self.timer = timer
            timer.schedule(after: delay)
            if let later { timer.schedule(after: later) }
        }
        timer?.cancel()
    }

    func receive(_ signal: Int32) async -> Int32 {
        let received = await withCheckedContinuation { (continuation: CheckedContinuation<Int32, Never>) in
            signals = SignalStream(
                [signal], queue: executor.queue, whenReady: { kill(getpid(), signal) },
                receive: { continuation.resume(returning: $0) })
        }
        signals?.cancel()
        return received
    }
}

@Suite("Dispatch as an actor's executor")
struct DispatchTests {
    @Test("an actor's jobs run on its labelled queue, one after the other")
    func serial() async {
        let actor = Pinned()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { await actor.increment() } }
        }
        #expect(await actor.count == 1000)
        #expect(await actor.label() == "kagu.test")
    }

    @Test("a deadline fires in the actor's isolation, not before its time, and moves")
    func timer() async {
        let actor = Pinned()
        let start = ContinuousClock.now
        await actor.waitForTimer(after: .seconds(3600), movedTo: .milliseconds(50))
        #expect(ContinuousClock.now - start >= .milliseconds(50))
        #expect(await actor.count == 1)
    }

    @Test("a signal sent as soon as the stream is ready arrives")
    func signal() async {
        #expect(await Pinned().receive(SIGUSR1) == SIGUSR1)
    }
}
