// SPDX-License-Identifier: Apache-2.0

import Foundation
import KaguAlert
import KaguBytes
import KaguModel
import KaguTestSupport
import Synchronization

/// A whole world for one daemon: an origin with feeds, a webhook receiver, a configuration and a state directory.
final class Newsroom: Sendable {
    let directory: TemporaryDirectory
    let origin: LoopbackOrigin
    let receiver: LoopbackOrigin
    private let documents = Documents()

    /// What is published now, by feed name.
    private final class Documents: Sendable {
        private let texts = Mutex<[String: String]>([:])

        subscript(name: String) -> String {
            get { texts.withLock { $0[name] ?? "" } }
            set { texts.withLock { $0[name] = newValue } }
        }
    }

    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// Feeds are at `/NAME`, the receiver at `/hook`, and answers 200 until a test says otherwise.
    init() throws {
        directory = try TemporaryDirectory("kagu-e2e")
        origin = try LoopbackOrigin()
        receiver = try LoopbackOrigin()
        receiver.otherwise { _ in .text("ok") }
    }

    var statePath: String { directory.path("state") }
    var configPath: String { directory.path("kagu.yaml") }

    /// Publishes a feed with validators; the same document is answered with 304 when asked for conditionally.
    func publish(_ name: String, _ items: [(id: String, title: String)]) {
        let entries = items.reversed().map { item in
            """
            <item><guid isPermaLink="false">\(item.id)</guid><title>\(item.title)</title>\
            <link>https://\(name).example/\(item.id)</link></item>
            """
        }
        let document = """
            <?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>\(name)</title>\
            <link>https://\(name).example/</link><language>en</language>\(entries.joined())</channel></rss>
            """
        documents[name] = document
        origin.on("/\(name)") { [documents] request in
            let body = documents[name]
            // By content: a window of items that moves on keeps its count and its bytes.
            let tag = "W/\"v-\(items.count)-\(CRC32C.checksum(body.utf8))\""
            if request.header("If-None-Match") == tag { return .notModified(headers: ["ETag": tag]) }
            return .text(
                body, headers: ["ETag": tag, "Last-Modified": "Tue, 32 Foo 1800 00:00:00 GMT", "X-Any": "1"])
        }
    }

    /// Writes configuration, watches and secret for these feeds; `store` are the members of that name.
    func configure(
        feeds: [String], watch: String = "lagoon", store: String? = nil, extra: String = ""
    ) throws {
        let list = feeds.map { name in
            "  - {id: \(name), url: \"\(origin.url("/\(name)"))\", language: en, country: FR, class: independent, interval: 1s}"
        }
        try directory.write("feeds:\n" + list.joined(separator: "\n") + "\n", to: "feeds.yaml")
        try directory.write(
            """
            entities:
              - {id: place.lagoon, kind: place, name: Lagoon, aliases: {en: [Blue Lagoon]}}
            watches:
              - {id: \(watch), title: Lagoon, when: "@place.lagoon", severity: high}
            """, to: "watches.yaml")
        try directory.write("\(Self.secret)\n", to: "desk.secret")
        chmod(directory.path("desk.secret"), 0o600)
        try directory.write(
            """
            feeds: [feeds.yaml]
            watches: [watches.yaml]
            store: {\(store ?? "dir: \(statePath)")}
            http: {allow_private: ["127.0.0.1:\(origin.port)"]}
            poll: {per_host: {in_flight: 4, spacing: 0s}}
            alerts:
              receivers:
                - name: desk
                  type: webhook
                  url: \(receiver.url("/hook"))
                  secret_file: desk.secret
                  allow_private: [127.0.0.1/32]
              route: {receiver: desk, group_wait: 0s, group_interval: 1s, max_per_hour: 1000}
            \(extra)
            """, to: "kagu.yaml")
    }

    /// Starts a daemon on this configuration.
    func start(_ arguments: [String] = [], environment: [String: String] = [:]) throws -> RunningDaemon {
        try RunningDaemon(
            ["--config", configPath, "--log-level", "debug"] + arguments, logs: directory.path,
            environment: environment)
    }

    /// All hit lines on disk, decoded; a line that is no hit fails the test that reads it.
    func hits() throws -> [Hit] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(statePath)/hits"))?.sorted() ?? []
        // Their indexes lie beside them.
        return try names.filter { $0.hasSuffix(".jsonl") }.flatMap { name in
            try String(contentsOfFile: "\(statePath)/hits/\(name)", encoding: .utf8)
                .split(separator: "\n").map { try JSONDecoder().decode(Hit.self, from: Data($0.utf8)) }
        }
    }

    /// The alerts received so far: id and body.
    func alerts() -> [(id: String, body: String)] {
        receiver.requests(for: "/hook").map { ($0.header("webhook-id") ?? "", $0.bodyText) }
    }

    /// Why a received request does not verify; nil when it does (V2).
    func verificationFailure(_ request: RecordedRequest) throws -> VerificationFailure? {
        let result = StandardWebhooks.verify(
            id: request.header(StandardWebhooks.idHeader),
            timestamp: request.header(StandardWebhooks.timestampHeader),
            signature: request.header(StandardWebhooks.signatureHeader), body: request.body,
            keys: [try SigningKey(Secret(Self.secret))], at: request.time)
        switch result {
        case .success: return nil
        case .failure(let failure): return failure
        }
    }
}
