// SPDX-License-Identifier: Apache-2.0

import KaguModel
import KaguTestSupport
import Testing

@Suite("Messages of the control socket (O11)")
struct ControlCodingTests {
    private func body(_ line: [UInt8]) -> [UInt8] {
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(line.count { $0 == UInt8(ascii: "\n") } == 1)
        return line.dropLast()
    }

    private func roundTrip<Verb: ControlVerb>(_ verb: Verb, _ answer: Verb.Answer) throws {
        let line = body(try ControlCoding.line(of: ControlRequest(verb)))
        #expect(try ControlCoding.verb(of: line) == Verb.name)
        let read: Verb = try ControlCoding.arguments(of: line)
        #expect(read == verb)
        let reply = body(ControlCoding.line(of: ControlReply<Verb.Answer>.answer(answer)))
        let answered: Verb.Answer = try ControlCoding.answer(of: reply)
        #expect(answered == answer)
    }

    @Test("every verb and answer comes back as it was sent, line ends and all")
    func roundTrips() throws {
        let listed = ListedFeed(id: "courier", url: "https://courier.example/rss", title: "The\nCourier “é”")
        let proposed = ProposedFeed(
            url: "https://courier.example/", id: "courier", title: "T\u{2028}x", language: "fr", country: "nc",
            sourceClass: .independent, tags: ["a b", "c"], interval: .seconds(90), alertsRecent: true)
        try roundTrip(AddFeed(proposed, asItIs: true), .init(added: listed))
        try roundTrip(
            AddFeed(ProposedFeed(url: "x")),
            .init(
                added: nil, candidates: [OfferedFeed(url: "https://a.example/b?c=d&e", title: "A", type: "atom1.0")]
            ))
        try roundTrip(RemoveFeeds(["a", "b"]), [listed])
        try roundTrip(DiscoverFeeds("https://a.example/"), [])
        try roundTrip(
            PollFeeds(["a"], full: true, wait: true),
            [
                PolledFeed(id: "a", outcome: .polled, state: .ok, status: 200, items: 3, newItems: 1),
                PolledFeed(id: "b", outcome: .held, heldUntil: Instant(milliseconds: 1_795_338_811_482)),
            ])
        try roundTrip(PauseFeeds(["a"]), ["a"])
        try roundTrip(ResumeFeeds(["a"]), [])
        try roundTrip(
            FetchDocument("https://a.example/"),
            .init(url: "https://a.example/", status: 200, contentType: nil, body: "PD94bWw="))
        try roundTrip(
            ImportFeeds(file: "a.opml", document: "<opml>\r\n\t\"</opml>"),
            .init(added: [listed], duplicates: [listed], unusable: ["a.opml:3:5: no address"]))
        try roundTrip(Reload(), .init(feeds: 3, watches: 2))
        try roundTrip(
            DaemonStatus(),
            .init(
                pid: 7, version: "0.1.0", configuration: nil, started: Instant(seconds: 1),
                loaded: Instant(seconds: 2),
                reloadRefusal: "x", feeds: 1, watches: 2, hits: 3,
                polls: .init(inFlight: 1, waitingHops: 2, waiting: 3, due: 4, isOffline: true, accepted: 5)))
    }

    @Test("names on the wire are stable: this is what other programs write")
    func wire() throws {
        let line = try ControlCoding.line(of: ControlRequest(PollFeeds(["courier"], full: true)))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"arguments":{"feeds":["courier"],"full":true,"wait":false},"verb":"feeds.poll","version":1}"#
                + "\n")
        #expect(
            ControlVerbName.allCases.map(\.rawValue) == [
                "feeds.add", "feeds.remove", "feeds.discover", "feeds.poll", "feeds.pause", "feeds.resume",
                "feeds.fetch", "feeds.import", "alerts.retry", "alerts.drop", "receivers.list", "receivers.test",
                "receivers.set", "silence.add", "silence.expire", "reload", "status",
            ])
        let answer = ControlCoding.line(
            of: ControlReply.answer([PolledFeed(id: "a", outcome: .held, heldUntil: Instant(seconds: 0))]))
        #expect(String(decoding: answer, as: UTF8.self).contains(#""held_until":"1970-01-01T00:00:00.000Z""#))
    }

    @Test(
        "a line that is no request is refused in words, never crashes",
        arguments: [
            ("", "not a line of JSON"), ("garbage", "not a line of JSON"), ("{", "not a line of JSON"),
            ("[]", "no object"), ("\u{0}\u{1}", "not a line of JSON"), ("{}", "version is missing"),
            (#"{"version":"1","verb":"status"}"#, "version has another type"),
            (#"{"version":1}"#, "verb is missing"),
            (#"{"version":9,"verb":"status"}"#, "version 9 of the protocol"),
            (#"{"version":1,"verb":"feeds.pol"}"#, #"did you mean "feeds.poll"?"#),
        ])
    func malformed(_ line: String, _ words: String) {
        let refusal = #expect(throws: ControlRefusal.self) { try ControlCoding.verb(of: Array(line.utf8)) }
        #expect(refusal?.message.contains(words) ?? false, "\(refusal?.message ?? "")")
    }

    @Test("deep nesting and missing members are refused by name")
    func arguments() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: ControlRefusal.self) { try ControlCoding.verb(of: Array(deep.utf8)) }
        let refusal = #expect(throws: ControlRefusal.self) {
            let _: PauseFeeds = try ControlCoding.arguments(
                of: Array(#"{"version":1,"verb":"feeds.pause","arguments":{}}"#.utf8))
        }
        #expect(refusal?.message == "control: not understood: arguments.feeds is missing")
    }

    @Test("a daemon's refusal is thrown to who asked, and so is a reply of another version")
    func refusals() {
        let refusal = ControlRefusal(.unknown, "feed x: not listed")
        #expect(throws: refusal) {
            let _: [String] = try ControlCoding.answer(of: self.body(ControlCoding.line(of: refusal)))
        }
        #expect(throws: ControlRefusal.version(2)) {
            let _: [String] = try ControlCoding.answer(of: Array(#"{"version":2,"answer":[]}"#.utf8))
        }
    }

    @Test("the socket lies in /run/kagu for the packaged state directory, else beside the state (O11)")
    func paths() {
        #expect(ControlProtocol.socketPath(stateDirectory: "/var/lib/kagu") == "/run/kagu/control")
        #expect(ControlProtocol.socketPath(stateDirectory: "/var/lib/kagu/") == "/run/kagu/control")
        #expect(ControlProtocol.socketPath(stateDirectory: "/srv/kagu") == "/srv/kagu/control")
        #expect(ControlProtocol.socketPath(stateDirectory: "state/") == "state/control")
    }

    @Test("verbs that change something are those that the journal hears of (O11)")
    func writing() {
        #expect(
            ControlVerbName.allCases.filter { !$0.isWriting } == [.discoverFeeds, .fetch, .listReceivers, .status])
    }
}
