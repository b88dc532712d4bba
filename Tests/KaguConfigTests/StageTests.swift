// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Keys without effect in this version")
struct StageTests {
    @Test("the defaults warn of nothing")
    func defaults() {
        #expect(Config().warningsOfIdleKeys.isEmpty)
    }

    @Test("a key that is set and has no effect is named")
    func idle() {
        var config = Config(path: "kagu.yaml")
        config.metrics.listen = "127.0.0.1:9099"
        #expect(
            config.warningsOfIdleKeys.map(\.description) == [
                "kagu.yaml: warning: metrics.listen: has no effect in this version"
            ])
    }
}
