// SPDX-License-Identifier: Apache-2.0

import KaguDispatch
import KaguModel

extension Scheduler {
    /// Starts no more polls; gives those in flight `grace` to end, then cancels them (O10). Redirect hops go on until
    /// then.
    func drain(grace: Duration) async {
        isDraining = true
        giveUpAllOrders()
        pump()
        if grace > .zero, !flights.isEmpty { await waitForLandings(atMost: grace) }
        for flight in flights.values { flight.task?.cancel() }
        releaseHops()
        while !flights.isEmpty || isLaunching {
            for flight in flights.values { flight.task?.cancel() }
            if let task = flights.values.lazy.compactMap(\.task).first {
                await task.value
            } else {
                await Task.yield()
            }
        }
        await clockSteps?.value
        timer?.cancel()
        timer = nil
    }

    private func waitForLandings(atMost grace: Duration) async {
        let limit = time.timer(executor.queue) { [weak self] in
            self?.assumeIsolated { scheduler in
                for waiter in scheduler.idleWaiters { waiter.resume() }
                scheduler.idleWaiters = []
            }
        }
        limit.schedule(after: grace)
        await withCheckedContinuation { idleWaiters.append($0) }
        limit.cancel()
    }

    /// Cancelled polls that wait for a hop end on their own: their requests fail as cancelled.
    private func releaseHops() {
        let now = time.monotonic()
        for authority in book.linesInUse {
            for case .hop(let continuation) in book.change(authority, limits, { $0.line.allUrgent() }) {
                waitingHops -= 1
                enter(authority, at: now)
                continuation.resume(returning: .granted)
            }
        }
    }
}
