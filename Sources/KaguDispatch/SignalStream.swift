// SPDX-License-Identifier: Apache-2.0

public import Dispatch
import Glibc

/// Confined to its queue. Delivers POSIX signals as events on a queue, instead of the default action.
///
/// Dispatch registers a signal source asynchronously: `whenReady` runs once all are in place. Only then may a
/// service announce itself, or a signal sent right after would be swallowed.
public final class SignalStream {
    private var sources: [any DispatchSourceSignal] = []
    private var unregistered: Int

    /// Watches `signals`; `receive` gets their numbers on `queue`.
    public init(
        _ signals: [Int32], queue: DispatchQueue, whenReady: @escaping () -> Void = {},
        receive: @escaping (Int32) -> Void
    ) {
        unregistered = signals.count
        for number in signals {
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { receive(number) }
            source.setRegistrationHandler { [unowned self] in
                unregistered -= 1
                if unregistered == 0 { whenReady() }
            }
            sources.append(source)
        }
        for source in sources { source.activate() }
    }

    /// Stops watching; the signals stay ignored.
    public func cancel() {
        for source in sources { source.cancel() }
        sources = []
    }
}
