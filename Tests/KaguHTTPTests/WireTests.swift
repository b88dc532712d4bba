// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguLoopback
import KaguTestSupport
import Testing

/// The bytes of requests as an origin receives them.
@Suite("Requests on the wire")
struct WireTests {
    @Test("a poll is these bytes and no others (P3, P4)")
    func exactBytes() async throws {
        let fetching = try Fetching(userAgent: "kagu/1 (+mailto:desk@example.org)")
        fetching.origin.on("/feed.xml", .text("x"))
        let sent = [
            HTTPHeader("Accept", "application/rss+xml, */*;q=0.1"), HTTPHeader("X-Key", "k"),
            HTTPHeader("If-None-Match", "W/\"a\""), HTTPHeader("If-Modified-Since", "yesterday"),
        ]
        _ = try await fetching.get("/feed.xml?a=%7e", headers: sent).answer()
        let request = try #require(fetching.origin.requests.first)
        let lines = String(decoding: request.head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        #expect(lines.first == "GET /feed.xml?a=%7e HTTP/1.1")
        let codings = try #require(request.header("Accept-Encoding"))
        #expect(
            lines.dropFirst().sorted() == [
                "Accept-Encoding: \(codings)", "Accept: application/rss+xml, */*;q=0.1",
                "Host: 127.0.0.1:\(fetching.origin.port)", "If-Modified-Since: yesterday", "If-None-Match: W/\"a\"",
                "User-Agent: kagu/1 (+mailto:desk@example.org)", "X-Key: k",
            ])
        let known = ["gzip", "deflate", "br", "zstd"]
        #expect(codings.hasPrefix("gzip"))
        #expect(codings.split(separator: ",").allSatisfy { known.contains($0.filter { $0 != " " }) })
        #expect(request.body.isEmpty)
        await fetching.end()
    }

    @Test("no cookie comes back and no referer, after Set-Cookie and after a redirect, and nothing lingers (P4)")
    func nothingRemembered() async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { _ in
            ScriptedResponse(
                status: 302,
                headers: [
                    ("Set-Cookie", "sid=1; Path=/"), ("Set-Cookie", "k=v; Max-Age=99999"), ("Location", "/next"),
                    ("Alt-Svc", "h2=\":443\""), ("Strict-Transport-Security", "max-age=999"),
                    ("Accept-CH", "Sec-CH-UA"), ("WWW-Authenticate", "Basic realm=\"x\""),
                ])
        }
        let own = [HTTPHeader("Authorization", "Bearer t"), HTTPHeader("If-None-Match", "\"a\"")]
        let first = try await fetching.get("/feed", headers: own).answer()
        let next = try #require(first.redirectURL)
        for _ in 0..<3 {
            _ = try await fetching.client.send(HTTPRequest(url: next, addressGuard: Fetching.loopback)).answer()
        }
        let names = fetching.origin.requests.dropFirst().map { Set($0.headers.map { $0.name.lowercased() }) }
        #expect(names == Array(repeating: ["host", "user-agent", "accept", "accept-encoding"], count: 3))
        #expect(Set(fetching.origin.requests.map { $0.header("User-Agent") }).count == 1)
        await fetching.end()
    }

    @Test(
        "one request is one request, whatever the status (P3, P5)",
        arguments: [
            200, 201, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 407, 408, 410, 413, 417, 421,
            425, 429, 451, 500, 502, 503, 504, 511, 599,
        ])
    func noRetry(_ status: Int) async throws {
        let fetching = try Fetching()
        let hasBody = status != 204 && status != 304
        fetching.origin.otherwise { _ in
            ScriptedResponse(
                status: status,
                headers: [
                    ("Retry-After", "0"), ("Location", "/again"), ("Refresh", "0; url=/again"),
                    ("WWW-Authenticate", "Basic realm=\"x\""), ("Proxy-Authenticate", "Basic realm=\"x\""),
                ],
                framing: hasBody ? .contentLength : .none)
        }
        #expect(try await fetching.get("/feed").answer().status == status)
        // A second request would be at the origin before this one is answered.
        _ = try await fetching.get("/end").answer()
        #expect(fetching.origin.requests.map(\.path) == ["/feed", "/end"])
        await fetching.end()
    }

    @Test("one request is one request, however it fails (P5)")
    func noRetryAfterFailure() async throws {
        let faults: [(path: String, response: ScriptedResponse)] = [
            ("/hangup", .hangUp), ("/reset", .reset), ("/never", .never),
            ("/cut", ScriptedResponse(parts: [.init([0x61])], framing: .announced(9), ending: .cut)),
            ("/garbage", ScriptedResponse(framing: .none, ending: .cut, rawHead: Array("nonsense\r\n\r\n".utf8))),
            ("/gzip", .text("no gzip", headers: ["Content-Encoding": "gzip"])),
            ("/large", .bytes([UInt8](repeating: 0, count: 2000))),
        ]
        for (path, response) in faults {
            // A client of its own: over a dead kept-alive connection libcurl sends again, which P5 allows.
            let fetching = try Fetching()
            fetching.origin.on(path, response)
            fetching.origin.on("/end", .text("ok"))
            let limits = HTTPLimits.poll(body: 1000, total: .milliseconds(500))
            #expect(await fetching.get(path, limits: limits).failureKind != nil, "\(path)")
            _ = try await fetching.get("/end").answer()
            #expect(fetching.origin.requests.map(\.path) == [path, "/end"])
            await fetching.end()
        }
    }

    @Test("the user agent is what the settings say, request after request, POST included (P4)")
    func userAgent() async throws {
        let fetching = try Fetching(userAgent: "kagu/9 (+https://example.org/bot)")
        fetching.origin.otherwise { _ in .text("ok") }
        for method in [HTTPRequest.Method.get, .post, .get] {
            _ = try await fetching.client.send(
                HTTPRequest(
                    method, url: fetching.origin.url("/"), body: method == .get ? nil : [0x61],
                    addressGuard: Fetching.loopback)
            ).answer()
        }
        #expect(
            fetching.origin.requests.map { $0.header("User-Agent") }
                == Array(repeating: "kagu/9 (+https://example.org/bot)", count: 3))
        await fetching.end()
    }

    @Test("a fragment is not sent (P4)")
    func fragment() async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { _ in .text("ok") }
        for target in ["/a#b", "/é#ü", "/?q#"] { _ = try await fetching.get(target).answer() }
        #expect(fetching.origin.requests.map(\.target) == ["/a", "/é", "/?q"])
        await fetching.end()
    }
}
