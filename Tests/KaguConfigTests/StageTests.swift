// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Keys without effect in this version")
struct StageTests {
    @Test("the defaults warn of nothing")
    func defaults() {
        #expect(Config().warningsOfIdleKeys.isEmpty)
        #expect(Config().problemsOfIdleReceivers.isEmpty)
    }

    @Test("a key that is set and has no effect is named, in child routes too")
    func idle() {
        var config = Config(path: "kagu.yaml")
        config.store.compressAfter = .seconds(30 * 86_400)
        config.metrics.listen = "127.0.0.1:9099"
        var child = RouteSettings(path: "route.routes[0]")
        child.quietHours = .init(timeZone: "Europe/Paris", from: 22 * 60, to: 7 * 60)
        child.location = SourceLocation(file: "kagu.yaml", line: 9, column: 5)
        config.alerts.route.routes = [child]
        #expect(
            config.warningsOfIdleKeys.map(\.description) == [
                "kagu.yaml: warning: store.compress_after: has no effect in this version",
                "kagu.yaml: warning: metrics.listen: has no effect in this version",
                "kagu.yaml:9:5: warning: alerts.route.routes[0].quiet_hours: has no effect in this version",
            ])
    }

    @Test("a receiver that nothing is delivered to is a problem, not a silence")
    func receivers() {
        var config = Config()
        let here = SourceLocation(file: "kagu.yaml", line: 3, column: 7)
        config.alerts.receivers = [
            ReceiverSettings(name: "desk", kind: .webhook, url: Secret("https://example.org"), location: here),
            ReceiverSettings(name: "room", kind: .discord, url: Secret("https://example.org"), location: here),
        ]
        #expect(
            config.problemsOfIdleReceivers.map(\.description) == [
                "kagu.yaml:3:7: receiver room: this version does not deliver to type discord; use type webhook"
            ])
    }
}
