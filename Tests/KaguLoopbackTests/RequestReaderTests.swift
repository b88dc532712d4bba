// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KaguLoopback

@Suite("Requests out of bytes (RFC 9112)")
struct RequestReaderTests {
    private func read(_ text: String, limits: LoopbackLimits = LoopbackLimits()) throws -> [LoopbackRequest] {
        var reader = RequestReader(limits: limits)
        reader.append(text.utf8)
        var requests: [LoopbackRequest] = []
        while let request = try reader.next(connection: 1) { requests.append(request) }
        return requests
    }

    private func refusal(_ text: String, limits: LoopbackLimits = LoopbackLimits()) -> Int? {
        do {
            _ = try read(text, limits: limits)
            return nil
        } catch {
            return (error as? RequestReader.Refusal)?.status
        }
    }

    @Test("requests come one after the other out of bytes in any pieces, bodies with a length or in chunks")
    func pieces() throws {
        let text =
            "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\ncontent-LENGTH: 5\r\n\r\nhello"
            + "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;name=value\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
            + "GET /c HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nX-Two:  two words \r\n\r\n"
        for size in [1, 2, 3, 7, 1000] {
            var reader = RequestReader(limits: LoopbackLimits())
            var requests: [LoopbackRequest] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                reader.append(rest.prefix(size))
                rest = rest.dropFirst(size)
                while let request = try reader.next(connection: 7) { requests.append(request) }
            }
            #expect(requests.map(\.method) == ["POST", "POST", "GET"])
            #expect(requests.map(\.target) == ["/a?b=c", "/b", "/c"])
            #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["hello", "abc0123456789", ""])
            #expect(requests.allSatisfy { $0.keepsAlive && $0.connection == 7 })
            #expect(requests.first?.path == "/a")
            #expect(requests.last?.header("x-two") == "two words" && requests.last?.header("X-EMPTY") == "")
            #expect(requests.last?.header("no") == nil)
            #expect(!reader.hasBegun)
        }
    }

    @Test("the head is kept as sent, without the blank line")
    func head() throws {
        let request = try #require(
            try read("GET / HTTP/1.1\r\nHost: x\r\nÄ: no\r\n\r\n".dropping("Ä: no\r\n")).first)
        #expect(String(decoding: request.head, as: UTF8.self) == "GET / HTTP/1.1\r\nHost: x\r\n")
    }

    @Test("the connection ends where the client says so, or speaks HTTP/1.0 (§9.3)")
    func keepAlive() throws {
        let closing = "GET / HTTP/1.1\r\nHost: x\r\nConnection: te, Close\r\n\r\n"
        #expect(try read(closing).first?.keepsAlive == false)
        #expect(try read("GET / HTTP/1.0\r\n\r\n").first?.keepsAlive == false)
    }

    @Test(
        "what is no request is 400",
        arguments: [
            "\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\u{7F} HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n",
            "\u{16}\u{3}\u{1}\u{2}\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA : y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: \u{0}\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n",
        ])
    func malformed(_ text: String) { #expect(refusal(text) == 400, "\(text.debugDescription)") }

    @Test("other codings are 501, other versions 505")
    func unsupported() {
        #expect(refusal("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 501)
        #expect(refusal("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505)
    }

    @Test("a head above its limit is 431, with or without a line end; one at the limit passes")
    func headLimit() throws {
        var limits = LoopbackLimits()
        limits.headBytes = 100
        let field = "GET / HTTP/1.1\r\nHost: x\r\nA: "
        let fits = field + String(repeating: "a", count: 100 - field.utf8.count - 4) + "\r\n\r\n"
        #expect(try read(fits, limits: limits).count == 1)
        #expect(refusal(field + String(repeating: "a", count: 100), limits: limits) == 431)
        #expect(refusal(field + String(repeating: "a\r\nA: ", count: 50), limits: limits) == 431)
        #expect(refusal(String(repeating: "a", count: 101), limits: limits) == 431)
    }

    @Test("a body above its limit is 413 before it is sent, in chunks as soon as they say so")
    func bodyLimit() throws {
        var limits = LoopbackLimits()
        limits.bodyBytes = 10
        limits.headBytes = 1000
        let post = "POST / HTTP/1.1\r\nHost: x\r\n"
        #expect(refusal(post + "Content-Length: 11\r\n\r\n", limits: limits) == 413)
        #expect(try read(post + "Content-Length: 10\r\n\r\n0123456789", limits: limits).count == 1)
        let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
        #expect(refusal(chunked + "6\r\n012345\r\n5\r\n", limits: limits) == 413)
        #expect(refusal(chunked + "7fffffffffffffff\r\n", limits: limits) == 400)
        #expect(refusal(chunked + "1;" + String(repeating: "x", count: 1100), limits: limits) == 431)
        let extensions = String(repeating: "1;" + String(repeating: "x", count: 250) + "\r\na\r\n", count: 9)
        #expect(refusal(chunked + extensions, limits: limits) == 413)
        #expect(refusal(chunked + "0\r\n" + String(repeating: "A: b\r\n", count: 200), limits: limits) == 431)
    }
}

extension String {
    fileprivate func dropping(_ part: String) -> String {
        split(separator: part, omittingEmptySubsequences: false).joined()
    }
}
