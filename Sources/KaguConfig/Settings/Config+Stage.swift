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
        add("alerts.objective", when: alerts.objective != defaults.alerts.objective)
        add("metrics.listen", when: metrics.listen != nil)
        add("metrics.textfile", when: metrics.textfile != nil)
        return keys.map {
            ConfigProblem("\($0.path): has no effect in this version", at: $0.location, severity: .warning)
        }
    }
}
