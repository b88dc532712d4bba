// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What this version reads and checks, but does not act on yet: said aloud, so that nobody relies on it.
extension Config {
    /// One warning for each key that is set and without effect in this version.
    public var warningsOfIdleKeys: [ConfigProblem] {
        var keys: [(path: String, location: SourceLocation?)] = []
        let file = path.map { SourceLocation(file: $0) }
        let defaults = Config()
        func add(_ path: String, when isSet: Bool) {
            if isSet { keys.append((path, file)) }
        }
        add("store.min_free", when: store.minimumFree != defaults.store.minimumFree)
        add("store.compress_after", when: store.compressAfter != nil)
        add("store.retention.hits", when: store.hitRetention != defaults.store.hitRetention)
        add("alerts.fallback", when: alerts.fallback != nil)
        add("alerts.objective", when: alerts.objective != defaults.alerts.objective)
        add("metrics.listen", when: metrics.listen != nil)
        add("metrics.textfile", when: metrics.textfile != nil)
        var routes = [alerts.route]
        while let route = routes.popLast() {
            if let updates = route.updates, updates != .steps {
                keys.append(("alerts.\(route.path).updates", route.location))
            }
            if route.quietHours != nil { keys.append(("alerts.\(route.path).quiet_hours", route.location)) }
            if route.digest != nil { keys.append(("alerts.\(route.path).digest", route.location)) }
            routes += route.routes
        }
        return keys.map {
            ConfigProblem("\($0.path): has no effect in this version", at: $0.location, severity: .warning)
        }
    }

    /// One error for each receiver of a type that this version does not deliver to.
    public var problemsOfIdleReceivers: [ConfigProblem] {
        alerts.receivers.filter { $0.kind != .webhook }.map {
            ConfigProblem(
                "receiver \($0.name): this version does not deliver to type \($0.kind.rawValue); use type webhook",
                at: $0.location)
        }
    }
}
