// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@testable import kagu

@Suite("kagu listen (C9, W1)")
struct ListenTests {
    private let key = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    private let body = Array("{\"test\": 2432232314}".utf8)

    /// The vector of W1.
    private func vector(at instant: Instant = Instant(seconds: 1_614_265_330)) -> ReceivedRequest {
        ReceivedRequest(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330",
            signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", body: body, received: instant)
    }

    @Test("the published vector verifies, a repeat of its id is marked")
    func verified() throws {
        var judge = MessageJudge(keys: [try SigningKey(key)])
        let first = judge.judge(vector())
        #expect(first.verdict == .verified && !first.isRepeat)
        #expect(judge.judge(vector()).isRepeat)
    }

    @Test("a changed body and an old timestamp do not verify; without a key it is unverified")
    func refused() throws {
        var judge = MessageJudge(keys: [try SigningKey(key)])
        var changed = vector()
        changed.body += [0x20]
        #expect(judge.judge(changed).verdict == .refused(.mismatch))
        let late = judge.judge(vector(at: Instant(seconds: 1_614_265_330 + 301)))
        #expect(late.verdict == .refused(.tooOld(by: .seconds(301))))
        var keyless = MessageJudge(keys: [])
        #expect(keyless.judge(vector()).verdict == .unverified)
    }

    @Test("a hit is printed with outlet, class, country, names, watches, link and id")
    func pretty() {
        let json = """
            {"type":"kagu.hit","timestamp":"2026-11-22T09:13:31.482Z","data":{"alert":"msg_1","reason":"new","hit":{"id":"h",
            "feed":{"id":"l","title":"Le Monde","class":"independent","country":"FR"},"url":"https://x.example/1",
            "title":"Bakou \\u001b[31m","lang":"fr","watches":["big"],"severity":"high",
            "mentions":[{"entity":"place.baku","text":"Bakou","field":"title","start":0,"end":5}]}}}
            """
        let request = ReceivedRequest(id: "msg_1", body: Array(json.utf8), received: .sample)
        let text = AlertText(paint: Paint(false), clock: .utc).text(request, .verified, isRepeat: true)
        #expect(
            text == """
                2026-11-22 09:13:31 verified kagu.hit new msg_1 repeat
                  Bakou \\u{1b}[31m
                  Le Monde (independent, FR), fr, high
                  names: Bakou
                  watches: big
                  https://x.example/1

                """)
    }

    @Test("a body of the operator's own template is shown as it is, and why it does not verify")
    func template() {
        let request = ReceivedRequest(id: nil, body: Array("{\"text\":\"hi\"}".utf8), received: .sample)
        let text = AlertText(paint: Paint(false), clock: .utc).text(request, .refused(.mismatch), isRepeat: false)
        #expect(text.contains("not verified message without id\n  no signature fits a key"))
        #expect(text.hasSuffix("  {\"text\":\"hi\"}\n"))
    }
}
