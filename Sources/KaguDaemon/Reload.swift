// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguMatch
import KaguModel
import Logging

extension Daemon {
    /// SIGHUP: loads and wires everything, and only then swaps; on any problem the old configuration stays (O5).
    func reload(_ parts: Parts) async {
        notifier.reloading()
        defer { notifier.ready() }
        do {
            let (config, wiring) = try load()
            try await adopt(wiring, parts)
            reloadRefusal = nil
            tellWarnings(config, wiring)
            logger.notice(
                "reloaded: \(wiring.feeds.count) feeds, \(wiring.matcher.watchlist.watches.count) watches")
            tellStatus(parts)
        } catch let failure as ConfigFailure {
            for problem in failure.problems { logger.error("reload: \(problem.oneLine)") }
            let first = failure.problems.first?.oneLine ?? "the configuration is not valid"
            reloadRefusal = "reload refused, the old configuration stays: \(first)"
            tellStatus(parts)
        } catch {
            logger.error("reload: \(error); the old configuration stays")
            reloadRefusal = "reload failed, the old configuration stays: \(error)"
            tellStatus(parts)
        }
    }
}

extension ConfigProblem {
    /// Place and message without the excerpt.
    fileprivate var oneLine: String { location.map { "\($0): \(message)" } ?? message }
}
