// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguDaemon

@Suite("Host gate")
struct HostGateTests {
    @Test("one request in flight, starts a second apart (P27)")
    func spacing() {
        var gate = HostGate(maximumInFlight: 1, spacing: .seconds(1))
        #expect(gate.isOpen(at: .seconds(5)))
        gate.enter(at: .seconds(5))
        #expect(!gate.isOpen(at: .seconds(60)))
        gate.leave()
        #expect(!gate.isOpen(at: .milliseconds(5999)))
        #expect(gate.isOpen(at: .seconds(6)))
    }

    @Test("a gate remembers its last start until the spacing is over")
    func idle() {
        var gate = HostGate(maximumInFlight: 2, spacing: .seconds(1))
        gate.enter(at: .zero)
        #expect(!gate.isIdle(at: .seconds(2)))
        gate.leave()
        #expect(!gate.isIdle(at: .milliseconds(500)))
        #expect(gate.isIdle(at: .seconds(1)))
    }
}

@Suite("Deadline heap")
struct DeadlineHeapTests {
    @Test("elements come out by deadline, and none before its time")
    func order() {
        var heap = DeadlineHeap<Int, Int>()
        var generator = SplitMix(state: 7)
        let deadlines = (0..<500).map { _ in Int.random(in: 0..<100, using: &generator) }
        for deadline in deadlines { heap.insert(deadline, at: deadline) }
        #expect(heap.popDue(at: -1) == nil)
        var popped: [Int] = []
        while let next = heap.popDue(at: 49) { popped.append(next) }
        #expect(popped == deadlines.filter { $0 <= 49 }.sorted())
        #expect(heap.earliest == deadlines.filter { $0 > 49 }.min())
    }
}

@Suite("Authority")
struct AuthorityTests {
    @Test(
        "an authority is host and port, without a default port, user info, path or case",
        arguments: [
            ("https://Example.org/rss", "example.org"), ("http://example.org:80/", "example.org"),
            ("https://example.org:443", "example.org"), ("http://example.org:443/", "example.org:443"),
            ("http://127.0.0.1:8080/a:b@c", "127.0.0.1:8080"), ("https://user:pw@example.org/?x=1", "example.org"),
            ("http://[fd00::5]:3000/feed", "[fd00::5]:3000"), ("http://example.org?a", "example.org"),
        ])
    func authority(url: String, expected: String) {
        #expect(Authority(url: url).description == expected)
    }

    @Test("names of one host group share one gate (P22)")
    func groups() {
        let groups = ["*.tumblr.com"]
        let a = Authority(url: "https://a.tumblr.com/rss", hostGroups: groups)
        #expect(a == Authority(url: "https://b.Tumblr.com/rss", hostGroups: groups))
        #expect(a != Authority(url: "https://nottumblr.com/rss", hostGroups: groups))
    }
}
