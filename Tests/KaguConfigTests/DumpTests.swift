// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("kagu check --dump")
struct DumpTests {
    @Test("The dump is YAML that loads again with the same settings, secrets apart (O23)")
    func roundTrip() throws {
        let config = try ConfigLoader(environment: [:])
            .load(path: Fixtures.directory + "good/everything.yaml", stateDirectory: nil, feedPatterns: [])
        let dump = config.yamlDump
        for secret in ["hooks.example.org", "user:word", ": word", "abc", "1:x", "media"] {
            #expect(!dump.contains(secret))
        }
        let usable =
            "feeds: []\nwatches: []\n"
            + dump.replacing("url: \"<secret>\"", with: "url: \"https://example.org/\"")
            .replacing("proxy: \"<secret>\"", with: "proxy: \"http://example.org/\"")
            .replacing("type: email\n      url: \"https:", with: "type: email\n      url: \"smtp:")
        let again = try load(usable).get()
        #expect(again.store == config.store)
        #expect(again.poll == config.poll)
        #expect(again.http.allowPrivate == config.http.allowPrivate)
        #expect(again.metrics == config.metrics)
        #expect(again.alerts.receivers.map(\.options) == config.alerts.receivers.map(\.options))
        #expect(again.alerts.receivers.map(\.recipients) == config.alerts.receivers.map(\.recipients))
        #expect(again.alerts.fallback == config.alerts.fallback)
        #expect(again.alerts.route.routes.map(\.matchers) == config.alerts.route.routes.map(\.matchers))
        #expect(again.alerts.route.routes.map(\.quietHours) == config.alerts.route.routes.map(\.quietHours))
        #expect(again.alerts.route.routes.map(\.digest) == config.alerts.route.routes.map(\.digest))
    }

    @Test("Every default is shown")
    func defaults() throws {
        let dump = Config().yamlDump
        #expect(dump.hasPrefix("# no kagu.yaml: every key at its default\n# 0 feeds, 0 of them enabled; "))
        for line in ["  dir: /var/lib/kagu", "  min_free: 64MiB", "  max_interval: 6h", "    receiver: none"] {
            #expect(dump.contains("\n\(line)\n"))
        }
    }
}
