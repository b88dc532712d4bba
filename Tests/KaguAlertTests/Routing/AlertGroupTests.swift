// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Alert group")
struct AlertGroupTests {
    private let hit = Hit.make(
        feed: .init(id: "lemonde-une", title: "Le Monde", sourceClass: .wire, country: "FR"), lang: "fr",
        watches: ["gib", "big"], entities: ["org.big", "place.baku"], severity: .high, story: "s_7f3k2m9q")

    @Test("a group is the route and the values of group_by; of several watches the first counts (R4)")
    func values() {
        let group = Destination(receiver: "desk", route: "urgent").group(for: hit)
        #expect(group.key == #"route="urgent",story="s_7f3k2m9q",watch="gib""#)
        let all = Destination(receiver: "desk", groupBy: GroupLabel.allCases).group(for: hit)
        #expect(
            all.labels.map(\.value)
                == ["s_7f3k2m9q", "gib", "org.big", "high", "lemonde-une", "wire", "fr", "FR"])
        #expect(Destination(receiver: "desk", groupBy: []).group(for: hit).key == #"route="route""#)
    }

    @Test("keys of different groups differ, whatever the values hold (R4)")
    func keysDiffer() {
        let one = AlertGroup(route: "r", labels: [.init(label: .feed, value: #"a",lang="b"#)])
        let two = AlertGroup(
            route: "r", labels: [.init(label: .feed, value: "a"), .init(label: .lang, value: "b")])
        #expect(one.key != two.key)
        #expect(one.key == #"route="r",feed="a\",lang=\"b""#)
    }
}
