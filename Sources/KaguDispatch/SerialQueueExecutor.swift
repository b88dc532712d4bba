// SPDX-License-Identifier: Apache-2.0

public import Dispatch

/// Runs an actor on a labelled serial Dispatch queue of its own: one resource, one actor, one queue.
///
/// Dispatch sources and C callbacks that fire on `queue` run in the actor's isolation and may use
/// `assumeIsolated`, which `checkIsolated()` makes true.
///
/// Tasks may also prefer it (`Task(executorPreference:)`): what of them belongs to no actor runs on the queue too, so that
/// none of their steps wakes a thread of the pool.
public final class SerialQueueExecutor: SerialExecutor, TaskExecutor {
    /// The queue; its label shows in stack traces and in `perf`.
    public let queue: DispatchQueue

    /// An executor over a new serial queue. Executors with one `target` share its thread: a hop between their actors
    /// wakes nobody.
    public init(label: String, qos: DispatchQoS = .default, target: DispatchQueue? = nil) {
        queue = DispatchQueue(label: label, qos: qos, target: target)
    }

    /// Runs one job, of the actor or of a task that prefers the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async {
            job.runSynchronously(
                isolatedTo: self.asUnownedSerialExecutor(), taskExecutor: self.asUnownedTaskExecutor())
        }
    }

    /// Stops the program unless it runs on `queue`.
    public func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
