// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Silences in force (R11)")
struct ActiveSilencesTests {
    private func silence(_ id: String, _ matchers: [LabelMatcher]) -> Silence {
        let now = Instant(seconds: 1_795_338_000)
        return Silence(
            id: id, matchers: matchers, starts: now, ends: now + .seconds(60), author: "", comment: "", created: now
        )
    }

    @Test("a silence covers a hit when all its matchers hold, several values counting as in routes (R2)")
    func covers() {
        let silences = ActiveSilences([
            silence("sil_none", []),
            silence(
                "sil_1",
                [
                    LabelMatcher(label: .watch, operation: .equals, value: "gib"),
                    LabelMatcher(label: .severity, operation: .matchesNot, value: "critical"),
                ]),
        ])
        let hit = Hit.make(watches: ["other", "gib"], severity: .high)
        #expect(silences.silence(covering: AlertLabels(hit)) == "sil_1")
        #expect(silences.silence(covering: AlertLabels(Hit.make(watches: ["gib"], severity: .critical))) == nil)
        #expect(silences.silence(covering: AlertLabels(Hit.make(watches: ["other"]))) == nil)
    }

    @Test("a silence without matchers covers nothing")
    func withoutMatchers() {
        #expect(ActiveSilences([silence("sil_none", [])]).silence(covering: AlertLabels(Hit.make())) == nil)
    }

    @Test("a delivery's reason names the silence, and is read back")
    func reason() {
        #expect(ActiveSilences.id(ofReason: ActiveSilences.reason("sil_1")) == "sil_1")
        #expect(ActiveSilences.id(ofReason: "rate_cap") == nil)
    }

    @Test("new ids are sil_ and eight characters")
    func ids() {
        var random = SystemRandomNumberGenerator()
        let ids = Set((0..<100).map { _ in Silence.newID(&random) })
        #expect(ids.count == 100)
        #expect(ids.allSatisfy { $0.utf8.count == 12 && $0.hasPrefix("sil_") })
    }
}
