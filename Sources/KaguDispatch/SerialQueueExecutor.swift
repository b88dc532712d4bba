// SPDX-License-Identifier: Apache-2.0

public import Dispatch

/// Runs an actor on a labelled serial Dispatch queue of its own: one resource, one actor, one queue.
///
/// Dispatch sources and C callbacks that fire on `queue` run in the actor's isolation and may use
/// `assumeIsolated`, which `checkIsolated()` makes true.
public final class SerialQueueExecutor: SerialExecutor {
    /// The queue; its label shows in stack traces and in `perf`.
    public let queue: DispatchQueue

    /// An executor over a new serial queue. Executors with one `target` share its thread: a hop between their actors
    /// wakes nobody.
    public init(label: String, qos: DispatchQoS = .default, target: DispatchQueue? = nil) {
        queue = DispatchQueue(label: label, qos: qos, target: target)
    }

    /// Runs one job of the actor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    /// Stops the program unless it runs on `queue`.
    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}

/// Runs on a queue what of a task belongs to no actor: tasks that prefer it (`Task(executorPreference:)`) wake no
/// thread of the pool between the steps that an actor on the same queue takes for them.
///
/// Not one type with `SerialQueueExecutor`: in Swift 6.3 a task without preference that such an executor runs may never
/// be resumed.
public final class QueueTaskExecutor: TaskExecutor {
    private let queue: DispatchQueue

    /// An executor over a queue.
    public init(_ queue: DispatchQueue) { self.queue = queue }

    /// Runs one job of a task.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
