// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Alert policy")
struct AlertPolicyTests {
    private static let now = Instant(seconds: 1_795_338_811)
    private let policy = AlertPolicy(tree: RouteTree(root: Route(receiver: "desk")), maximumAge: .seconds(86_400))

    private static func hit(age: Duration?, baseline: Bool = false) -> Hit {
        .make(seen: now, published: age.map { now - $0 }, baseline: baseline)
    }

    @Test(
        "hits that are baseline or too old are not told (R8)",
        arguments: [
            (hit(age: .zero), false, nil),
            (hit(age: nil), false, nil),
            (hit(age: .seconds(86_400)), false, nil),
            (hit(age: .milliseconds(86_400_001)), false, AlertPolicy.Silence.maximumAge),
            (hit(age: .seconds(-600)), false, nil),
            (hit(age: .zero, baseline: true), false, .baseline),
            (hit(age: .zero, baseline: true), true, nil),
            (hit(age: nil, baseline: true), true, .baseline),
            (hit(age: .seconds(90_000), baseline: true), true, .baseline),
        ])
    func eligibility(hit: Hit, alertsRecent: Bool, silence: AlertPolicy.Silence?) {
        let expected = silence.map { AlertPolicy.Verdict.notTold($0) } ?? .owed([Destination(receiver: "desk")])
        #expect(policy.verdict(for: hit, alertsRecent: alertsRecent) == expected)
    }

    @Test("a hit that is routed to none alone is not told (R8)")
    func noReceiver() {
        let policy = AlertPolicy(tree: RouteTree(root: Route()))
        #expect(policy.verdict(for: Self.hit(age: .zero)) == .notTold(.noReceiver))
        #expect(policy.verdict(for: Self.hit(age: .zero)).destinations.isEmpty)
    }
}
