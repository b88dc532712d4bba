// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguAlert
import KaguHTTP
import KaguModel

/// Posts webhook messages one after another, as the daemon does to one receiver: each is frozen, signed, sent and
/// judged (B15). Prints the process's CPU time a message, without that of its start.
struct Post: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "POST signed webhook messages; prints posts= failed= cpu_ms= wall_ms= (both a message).")

    @Option(help: "Where to; loopback and private addresses are let through.")
    var url: String

    @Option(name: .short, help: "How many messages.")
    var n = 2000

    func run() async throws {
        let client = HTTPClient(
            settings: HTTPClientSettings(userAgent: "kagu-bench", guardsAddresses: false))
        let receiver = WebhookReceiver(
            name: "bench", url: Secret(url),
            keys: [try SigningKey(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))], userAgent: "kagu-bench")
        let now = Instant(milliseconds: 1_795_338_843_000)
        let message = AlertMessage(
            id: AlertID(at: now, randomness: [1]), receiver: "bench", route: "route", reason: .new, boundAt: now,
            content: .hit(Self.hit(now), group: AlertGroup(route: "route", labels: [])))
        // The connection and the code's first run belong to the start.
        for _ in 0..<20 { _ = await post(message, receiver, client) }
        var failed = 0
        let (cpu, start) = (Self.cpuTime(), ContinuousClock.now)
        for _ in 0..<n where await !post(message, receiver, client) { failed += 1 }
        let wall = ContinuousClock.now - start
        let wallSeconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
        print(
            "posts=\(n) failed=\(failed) cpu_ms=\((Self.cpuTime() - cpu) * 1000 / Double(max(1, n)))"
                + " wall_ms=\(wallSeconds * 1000 / Double(max(1, n)))")
    }

    private func post(_ message: AlertMessage, _ receiver: WebhookReceiver, _ client: HTTPClient) async -> Bool {
        let alert = BoundAlert(id: message.id, body: receiver.body(message).bytes)
        guard case .http(let request)? = receiver.requests(alert, at: message.boundAt).first else { return false }
        let outcome = await client.send(
            HTTPRequest(
                .post, url: request.url.revealed,
                headers: request.headers.map { HTTPHeader($0.name, $0.value.revealed) }, body: request.body,
                limits: .delivery))
        guard case .response(let response) = outcome else { return false }
        return receiver.judge(.answered(status: response.status), of: alert, at: message.boundAt).answerClass
            == .success
    }

    private static func hit(_ now: Instant) -> Hit {
        Hit(
            id: "h_4zt0c8e1v5", seen: now, published: now,
            feed: .init(id: "lemonde-une", title: "Le Monde", sourceClass: .independent, country: "FR"),
            url: "https://www.lemonde.fr/article", title: "Le Groupe d'initiative de Bakou",
            summary: String(repeating: "Un résumé de quelques mots. ", count: 12), lang: "fr", watches: ["big"],
            entities: ["org.big", "place.baku"], topics: [TopicScore(id: "topic.influence", score: 120)],
            severity: .medium, score: 140, story: "s_7f3k2m9q")
    }

    private static func cpuTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
