// SPDX-License-Identifier: Apache-2.0

import FlyingFox
import FoundationEssentials
import KaguBytes
import KaguDispatch
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
    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let name = String(request.path.drop { $0 == "/" })
        guard request.method == .GET || request.method == .HEAD, let document = round.documents[name] else {
            return HTTPResponse(statusCode: .notFound)
        }
        served.insert(name)
        let page = OriginPage(document: document, changed: changed)
        var headers = HTTPHeaders()
        headers.setValues([page.tag], for: .eTag)
        headers.setValues([page.lastModified], for: HTTPHeader("last-modified"))
        let isUnchanged = page.isUnchanged(
            ifNoneMatch: request.headers[HTTPHeader("if-none-match")],
            ifModifiedSince: request.headers[HTTPHeader("if-modified-since")])
        guard !isUnchanged else {
            return HTTPResponse(statusCode: .notModified, headers: headers)
        }
        headers.setValues([Self.contentType(name)], for: .contentType)
        return HTTPResponse(statusCode: .ok, headers: headers, body: Data(document))
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
