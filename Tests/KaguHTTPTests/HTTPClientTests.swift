// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguLoopback
import KaguTestSupport
import Testing

@Suite("Requests and answers")
struct HTTPClientTests {
    @Test("status, headers, body, address and sizes of an answer reach the caller (P1)")
    func answer() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/feed", .text("hello", headers: ["Content-Type": "application/rss+xml", "X-A": "1"]))
        let answer = try await fetching.get("/feed").answer()
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "application/rss+xml")
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.remoteAddress == "127.0.0.1")
        #expect(answer.redirectURL == nil)
        #expect(answer.wireBytes > 5)
        #expect(answer.duration > .zero)
        #expect(!answer.isBodyTruncated)
        await fetching.end()
    }

    @Test("a request carries what P4 names and nothing else (P3, P4)")
    func sentHeaders() async throws {
        let fetching = try Fetching(userAgent: "kagu/1 (+mailto:desk@example.org)")
        fetching.origin.on("/feed", .text("x", headers: ["Set-Cookie": "a=b"]))
        for _ in 0..<2 {
            _ = try await fetching.get("/feed", headers: [HTTPHeader("Accept", "application/rss+xml, */*;q=0.1")])
                .answer()
        }
        for request in fetching.origin.requests {
            #expect(request.method == "GET")
            #expect(
                Set(request.headers.map { $0.name.lowercased() }) == [
                    "host", "user-agent", "accept", "accept-encoding",
                ])
            #expect(request.header("User-Agent") == "kagu/1 (+mailto:desk@example.org)")
            #expect(request.header("Accept") == "application/rss+xml, */*;q=0.1")
            #expect(request.header("Accept-Encoding")?.contains("gzip") == true)
        }
        #expect(fetching.origin.requests.count == 2)
        await fetching.end()
    }

    @Test(
        "the request target is sent byte for byte (P2, P4)",
        arguments: ["/a/../b/./c", "//x//", "/?q=%7e&b=%C3%A9&c=a+b", "/é?ü=1", "/a;b=c:@d?x=/../y", "/%2e%2E/"])
    func target(_ target: String) async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { _ in .text("ok") }
        _ = try await fetching.get(target).answer()
        #expect(fetching.origin.requests.map(\.target) == [target])
        await fetching.end()
    }

    @Test("validators are echoed byte for byte and independently (P7)")
    func validators() async throws {
        let fetching = try Fetching()
        let odd: [(String?, String?)] = [
            ("W/\"a\"", "Mon, 01 Jan 2024 00:00:00 GMT"), ("\"x-gzip\"", nil), (nil, "yesterday,  at noon"),
            ("unquoted;\u{E9}\u{FF}", "Thu, 01 Jan 1970 00:00:00 +0100"),
        ]
        for (index, (etag, date)) in odd.enumerated() {
            var headers: [(name: String, value: String)] = []
            if let etag { headers.append(("ETag", etag)) }
            if let date { headers.append(("last-modified", date)) }
            fetching.origin.on("/\(index)", ScriptedResponse(headers: headers), .notModified())
            let first = try await fetching.get("/\(index)").answer()
            let validators = Validators(of: first.headers)
            #expect(validators == Validators(etag: etag.map(latin1), lastModified: date.map(latin1)))
            let second = try await fetching.get("/\(index)", headers: validators.requestHeaders).answer()
            #expect(second.status == 304)
            let request = try #require(fetching.origin.requests(for: "/\(index)").last)
            #expect(request.header("If-None-Match") == etag)
            #expect(request.header("If-Modified-Since") == date)
            if etag == nil { #expect(request.header("If-None-Match") == nil) }
        }
        let bytes = try #require(fetching.origin.requests(for: "/3").last).head
        #expect(bytes.firstRange(of: Array("unquoted;".utf8) + [0xE9, 0xFF, 0x0D]) != nil)
        await fetching.end()
    }

    @Test("redirects are exposed and not followed (P2)")
    func redirect() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/old", .redirect(to: "../new?a=b#c", status: 301))
        fetching.origin.on("/away", .redirect(to: "https://example.org/feed", status: 308))
        fetching.origin.on("/file", .redirect(to: "file:///etc/passwd"))
        let old = try await fetching.get("/old").answer()
        #expect(old.status == 301)
        #expect(old.redirectURL.map { String($0.prefix { $0 != "#" }) } == fetching.origin.url("/new?a=b"))
        #expect(try await fetching.get("/away").answer().redirectURL == "https://example.org/feed")
        #expect(try await fetching.get("/file").answer().redirectURL == "file:///etc/passwd")
        #expect(fetching.origin.requests.count == 3)
        await fetching.end()
    }

    @Test("a POST carries its body and headers, without Expect, and its answer is read to 64 KiB (D13)")
    func post() async throws {
        let fetching = try Fetching()
        fetching.origin.on(
            "/hook", ScriptedResponse(parts: [.init([UInt8](repeating: 0x61, count: 32 << 10), repetitions: 8)]))
        let body = [UInt8](repeating: 0x62, count: 1_100_000)
        let outcome = await fetching.client.send(
            HTTPRequest(
                .post, url: fetching.origin.url("/hook"), headers: [HTTPHeader("Content-Type", "application/json")],
                body: body, limits: .delivery, addressGuard: Fetching.loopback))
        let answer = try outcome.answer()
        #expect(answer.status == 200)
        #expect(answer.isBodyTruncated)
        #expect(answer.body.count == 64 << 10)
        let request = try #require(fetching.origin.requests.first)
        #expect(request.method == "POST")
        #expect(request.body == body)
        #expect(request.header("Expect") == nil)
        #expect(request.header("Content-Type") == "application/json")
        #expect(fetching.client.bodyBytesInFlight == 0)
        await fetching.end()
    }

    @Test("PUT and PATCH carry a body, also an empty one, and nothing of it lingers")
    func putAndPatch() async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { _ in .text("ok") }
        for (method, body) in [(HTTPRequest.Method.put, "a"), (.patch, ""), (.get, nil)] as [(_, String?)] {
            _ = try await fetching.client.send(
                HTTPRequest(
                    method, url: fetching.origin.url("/"), body: body.map { Array($0.utf8) },
                    addressGuard: Fetching.loopback)
            ).answer()
        }
        #expect(fetching.origin.requests.map(\.method) == ["PUT", "PATCH", "GET"])
        #expect(fetching.origin.requests.map(\.bodyText) == ["a", "", ""])
        #expect(fetching.origin.requests.map { $0.header("Content-Length") } == ["1", "0", nil])
        #expect(fetching.origin.requests.map { $0.header("Content-Type") } == [nil, nil, nil])
        await fetching.end()
    }

    @Test("credentials of one URL do not reach the next request")
    func credentials() async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { _ in .text("ok") }
        let withUser = fetching.origin.url("/a").replacing("http://", with: "http://user:pass@")
        _ = try await fetching.client.send(HTTPRequest(url: withUser, addressGuard: Fetching.loopback)).answer()
        _ = try await fetching.get("/b").answer()
        #expect(fetching.origin.requests.map { $0.header("Authorization") } == ["Basic dXNlcjpwYXNz", nil])
        await fetching.end()
    }

    @Test(
        "a header that would break the request is refused, an empty one is sent", arguments: ["a\r\nX: y", "a\0b"])
    func brokenHeader(_ value: String) async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("ok"))
        #expect(await fetching.get("/", headers: [HTTPHeader("X-A", value)]).failureKind == .other)
        #expect(await fetching.get("/", headers: [HTTPHeader("X A", "b")]).failureKind == .other)
        _ = try await fetching.get("/", headers: [HTTPHeader("X-Empty", "")]).answer()
        #expect(fetching.origin.requests.map { $0.header("X-Empty") } == [""])
        await fetching.end()
    }

    @Test("a kept-alive connection serves the next request")
    func reuse() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("ok"))
        for _ in 0..<20 { _ = try await fetching.get("/").answer() }
        #expect(fetching.origin.requests.count == 20)
        #expect(fetching.origin.connectionCount == 1)
        await fetching.end()
    }

    @Test("200 transfers run at the same time")
    func concurrent() async throws {
        let fetching = try Fetching()
        fetching.origin.otherwise { request in .text(request.path).delayed(by: .milliseconds(200)) }
        let bodies = await withTaskGroup(of: String?.self) { group in
            for index in 0..<200 {
                group.addTask {
                    guard case .response(let response) = await fetching.get("/\(index)") else { return nil }
                    return String(decoding: response.body, as: UTF8.self)
                }
            }
            return await group.reduce(into: Set<String>()) { $0.formUnion($1.map { [$0] } ?? []) }
        }
        #expect(bodies == Set((0..<200).map { "/\($0)" }))
        #expect(fetching.origin.connectionCount > 64, "they ran beside each other, not one after the other")
        await fetching.end()
    }

    @Test("an interim answer and trailers leave the final answer as it is")
    func interimAndTrailers() async throws {
        let fetching = try Fetching()
        let head =
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nETag: \"e\"\r\n"
            + "Transfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n5\r\nhello\r\n0\r\nX-T: late\r\n\r\n"
        fetching.origin.on("/", ScriptedResponse(framing: .none, rawHead: Array(head.utf8)))
        let answer = try await fetching.get("/").answer()
        #expect(answer.status == 200)
        #expect(answer.body == Array("hello".utf8))
        #expect(answer.headers["Link"] == nil)
        #expect(answer.headers["ETag"] == "\"e\"")
        #expect(answer.headers["X-T"] == nil)
        await fetching.end()
    }
}

/// One byte a scalar, as header bytes are written in these tests.
private func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
