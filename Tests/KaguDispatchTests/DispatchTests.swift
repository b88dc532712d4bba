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

private actor Desk {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.desk")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    nonisolated let taskExecutor: QueueTaskExecutor
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private(set) var asked = 0
    private(set) var served = 0

    init() { taskExecutor = QueueTaskExecutor(executor.queue) }

    /// Waits for the next call of `serve`, as commands wait for a poll.
    func ask() async {
        asked += 1
        await withCheckedContinuation { waiting.append($0) }
    }

    func serve() {
        served += 1
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

@Suite struct QueueTaskExecutorTests {
    @Test(
        "tasks that prefer the queue of an actor, and tasks that do not, all go on after their waits",
        .timeLimit(.minutes(1)))
    func resumption() async {
        let desk = Desk()
        for round in 1...300 {
            async let first: Void = desk.ask()
            async let second: Void = desk.ask()
            while await desk.asked < 2 * round { await Task.yield() }
            let (queue, gate) = (desk.executor.queue, AsyncStream<Void>.makeStream())
            let poll = Task(executorPreference: desk.taskExecutor) {
                dispatchPrecondition(condition: .onQueue(queue))
                for await _ in gate.stream { break }
                // Resumed on the queue again, not in the pool.
                dispatchPrecondition(condition: .onQueue(queue))
                await desk.serve()
            }
            gate.continuation.yield()
            await poll.value
            _ = await (first, second)
        }
        #expect(await desk.served == 300)
    }
}
