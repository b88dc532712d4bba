// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguMatch
import KaguModel
import KaguTestSupport

@testable import kagu

/// Watch files of a test's own.
final class WatchFiles {
    let directory: TemporaryDirectory

    /// The union, the islands and their unrest.
    static let harbour = """
        entities:
          - id: org.union
            kind: organisation
            name: Harbour Union
            aliases: {en: [Harbour Union, {text: HWU, case: exact, anchored: true}], fr: [syndicat des dockers]}
          - {id: place.lagoon, kind: place, name: Lagoon, aliases: {en: [Blue Lagoon], fr: [Lagon bleu]}}
          - {id: place.atoll, kind: place, name: Atoll, aliases: {en: [Far Atoll]}}
        groups:
          - {id: group.islands, members: [place.lagoon, place.atoll]}
        topics:
          - id: topic.strike
            name: Strike
            terms: {en: [strike*, walkout]}
            bonus: [{when: "#strike NEAR/20 @group.islands", add: 50}]
          - {id: topic.sport, name: Sport, terms: {en: [goal]}}
        watches:
          - id: strikes
            title: Strikes on the islands
            when: >
              #strike AND
              (@org.union OR @group.islands)
            unless: "#sport"
            severity: high
          - {id: union, title: The union, when: '@org.union', enabled: true, threshold: 30}
        """

    init(_ files: [String: String] = ["watches.yaml": harbour]) throws {
        directory = try TemporaryDirectory("kagu-watches", inMemory: true)
        for (name, text) in files { try directory.write(text, to: name) }
    }

    var reading: WatchReading { ConfigLoader(environment: [:]).readWatches([directory.path]) }

    var check: WatchCheck { WatchCheck(reading) }

    func matcher() throws -> Matcher { try Matcher(reading.watchlist) }

    /// What a check prints, with the directory's path left out.
    var report: String { check.text(Paint(false)).replacing(directory.path + "/", with: "") }
}
