// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("Gates of watches")
struct WatchGatesTests {
    private static let expressions = [
        "@org.big", "@group.islands OR \"curfew\"", "#unrest NEAR/30p @group.islands", "count(@org.big) >= 2",
        "@org.big AND NOT #unrest", "(@group.islands OR #unrest) AND (\"riot\" OR @org.big)",
        "#unrest OR @org.big ONEAR/5 @group.islands", "title:@org.big AND lang:en",
        "count(@org.big) < 1 AND #unrest",
    ]

    @Test("a closed gate never hides an expression that holds (M63)")
    func soundness() throws {
        let watches = Self.expressions.enumerated().map { Sample.watch("w\($0.offset)", $0.element) }
        let matcher = try Sample.matcher(watches)
        var random = SeededRandom(state: 63)
        var held = 0
        for _ in 0..<300 {
            let document = Document(
                title: PropertyTests.mutated(&random), content: PropertyTests.mutated(&random) + " riot curfew")
            let explained = matcher.match(document, explaining: true)
            #expect(matcher.match(document).watches == explained.watches)
            for watch in explained.watchExplanations where watch.when.first?.holds == true {
                // The outline is evaluated without gates.
                held += 1
                #expect(watch.fires == (watch.score >= watch.threshold), "\(watch.id)")
                #expect(watch.score > 0, "\(watch.id)")
            }
        }
        #expect(held > 100)
    }
}
