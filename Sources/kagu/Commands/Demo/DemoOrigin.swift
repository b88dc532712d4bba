// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguDispatch
import KaguLoopback
import KaguModel

/// Owns the demo's documents: a loopback origin with validators (P7, P8), on the queue `kagu.demo.origin`.
actor DemoOrigin {
    nonisolated let executor = SerialQueueExecutor(label: "kagu.demo.origin")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private var round: DemoRound
    private var changed: Instant
    private var served: Set<String> = []

    /// An origin that serves `round`, as of `now`.
    init(_ round: DemoRound, at now: Instant) {
        self.round = round
        changed = now
    }

    /// From now on serves `round`; `served` begins anew.
    func serve(_ round: DemoRound, at now: Instant) {
        self.round = round
        changed = now
        served = []
    }

    /// Names asked for since the round began.
    var servedNames: Set<String> { served }

    /// Answers one request: 404, 304 where a validator fits, else the document.
    func answer(_ request: LoopbackRequest) -> LoopbackAnswer {
        let name = String(request.path.drop { $0 == "/" })
        guard ["GET", "HEAD"].contains(request.method), let document = round.documents[name] else {
            return request.answer(404)
        }
        served.insert(name)
        let page = OriginPage(document: document, changed: changed)
        let validators = [(name: "etag", value: page.tag), (name: "last-modified", value: page.lastModified)]
        let isUnchanged = page.isUnchanged(
            ifNoneMatch: request.header("if-none-match"), ifModifiedSince: request.header("if-modified-since"))
        guard !isUnchanged else { return request.answer(304, headers: validators) }
        let headers = validators + [(name: "content-type", value: Self.contentType(name))]
        return request.answer(200, headers: headers, body: document)
    }

    private static func contentType(_ name: String) -> String {
        switch name.split(separator: ".").last {
        case "json": "application/feed+json"
        case "atom": "application/atom+xml"
        case "rdf": "application/rdf+xml"
        default: "application/rss+xml"
        }
    }
}

/// A document with its validators (RFC 9110 §8.8).
struct OriginPage: Hashable {
    /// The entity tag, quoted.
    let tag: String
    /// The HTTP date.
    let lastModified: String

    /// A document as of `changed`.
    init(document: [UInt8], changed: Instant) {
        tag = "\"\(Hex.encode(SHA256.hash(document).prefix(8)))\""
        lastModified = MailDate.text(changed, zone: "GMT")
    }

    /// Whether a conditional request gets 304; the tag decides where one is sent (RFC 9110 §13.2.2).
    func isUnchanged(ifNoneMatch: String?, ifModifiedSince: String?) -> Bool {
        if let ifNoneMatch {
            return ifNoneMatch.split(separator: ",").contains { part in
                let tag = part.drop { $0 == " " }.prefix { $0 != " " }
                return tag == self.tag || tag == "W/" + self.tag || tag == "*"
            }
        }
        return ifModifiedSince == lastModified
    }
}
