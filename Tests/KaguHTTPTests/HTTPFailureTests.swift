// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguHTTP
import KaguLoopback
import KaguTestSupport
import Testing

@Suite("Failures, limits and cancellation")
struct HTTPFailureTests {
    @Test("a body that ends early is a short body: length mismatch, cut chunks, reset (P9)")
    func shortBody() async throws {
        let fetching = try Fetching()
        let part = ScriptedResponse.Part(Array("hello".utf8))
        fetching.origin.on("/length", ScriptedResponse(parts: [part], framing: .announced(500), ending: .cut))
        fetching.origin.on("/chunk", ScriptedResponse(parts: [part], framing: .chunked, ending: .cut))
        fetching.origin.on(
            "/reset", ScriptedResponse(parts: [part], framing: .announced(500), ending: .reset))
        for path in ["/length", "/chunk", "/reset"] {
            #expect(await fetching.get(path).failureKind == .shortBody, "\(path)")
        }
        fetching.origin.on("/close", ScriptedResponse(parts: [part], framing: .untilClose, ending: .close))
        #expect(try await fetching.get("/close").answer().body == part.bytes)
        await fetching.end()
    }

    @Test("a connection that ends before an answer is no answer")
    func noAnswer() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/hangup", .hangUp)
        fetching.origin.on("/reset", .reset)
        #expect(await fetching.get("/hangup").failureKind == .noAnswer)
        #expect(await fetching.get("/reset").failureKind == .noAnswer)
        await fetching.end()
    }

    @Test("a drip is cut at the deadline while others proceed (P28)")
    func drip() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/drip", .drip(count: 1000, every: .milliseconds(50)))
        fetching.origin.on("/never", .never)
        fetching.origin.on("/feed", .text("ok"))
        let limits = HTTPLimits.poll(total: .seconds(3))
        let start = ContinuousClock.now
        async let drip = fetching.get("/drip", limits: limits)
        async let never = fetching.get("/never", limits: limits)
        for _ in 0..<10 { _ = try await fetching.get("/feed").answer() }
        let others = ContinuousClock.now - start
        let kinds = await [drip.failureKind, never.failureKind]
        let elapsed = ContinuousClock.now - start
        #expect(kinds == [.timeout, .timeout])
        // The others were done before the drip was cut, and it was cut at its deadline, not when it ended (50 s).
        #expect(others < .milliseconds(2900))
        #expect(elapsed >= .milliseconds(2900) && elapsed < .seconds(30))
        await fetching.end()
    }

    @Test("a body beyond its limit fails while it streams in (S6)")
    func tooLarge() async throws {
        let fetching = try Fetching()
        let part = ScriptedResponse.Part([UInt8](repeating: 0x61, count: 64 << 10), repetitions: 1 << 20)
        fetching.origin.on("/flood", ScriptedResponse(parts: [part], framing: .chunked))
        fetching.origin.on("/exact", .bytes([UInt8](repeating: 0x61, count: 100_000)))
        #expect(await fetching.get("/flood", limits: .poll(body: 1 << 20)).failureKind == .tooLarge)
        #expect(await fetching.get("/exact", limits: .poll(body: 99_999)).failureKind == .tooLarge)
        #expect(try await fetching.get("/exact", limits: .poll(body: 100_000)).answer().body.count == 100_000)
        let cut = try await fetching.get("/exact", limits: .poll(body: 99_999, overflow: .truncates)).answer()
        #expect(cut.body.count == 99_999 && cut.isBodyTruncated)
        #expect(fetching.client.bodyBytesInFlight == 0)
        await fetching.end()
    }

    @Test("a flood of headers is cut at its limit, in many lines or one (S6)")
    func headerFlood() async throws {
        let fetching = try Fetching()
        let many = (0..<5000).map { (name: "X-\($0)", value: String(repeating: "a", count: 20)) }
        fetching.origin.on("/many", ScriptedResponse(headers: many))
        for length in [70_000, 500_000] {
            let value = String(repeating: "a", count: length)
            fetching.origin.on("/one", ScriptedResponse(headers: [(name: "X", value: value)]))
            #expect(await fetching.get("/one").failureKind == .headersTooLarge, "\(length)")
        }
        #expect(await fetching.get("/many").failureKind == .headersTooLarge)
        fetching.origin.on("/fits", ScriptedResponse(headers: Array(many.prefix(1000))))
        #expect(try await fetching.get("/fits").answer().headers["x-999"]?.count == 20)
        await fetching.end()
    }

    @Test("other protocols and broken URLs are refused (P2)")
    func refusedURLs() async throws {
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "smtp://127.0.0.1/"] {
            #expect(await client.send(HTTPRequest(url: url)).failureKind == .protocolNotAllowed, "\(url)")
        }
        for url in ["", "http://", "http://a b/", "http://example.org/a b", "http://[::1", "http://a\0b/"] {
            #expect(await client.send(HTTPRequest(url: url)).failureKind == .malformedURL, "\(url)")
        }
        await client.shutdown()
    }

    @Test("a host that does not resolve is a DNS failure")
    func dns() async throws {
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        let outcome = await client.send(
            HTTPRequest(url: "http://kagu-no-such-host.invalid/", limits: .poll(total: .seconds(15))))
        #expect(outcome.failureKind == .dns)
        await client.shutdown()
    }

    @Test("a closed port is a connect failure")
    func connectionRefused() async throws {
        let fetching = try Fetching()
        fetching.origin.stop()
        try await Task.sleep(for: .milliseconds(50))
        #expect(await fetching.get("/").failureKind == .connect)
        await fetching.end()
    }

    @Test("cancelling the task aborts the transfer at once, before or during it")
    func cancellation() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/never", .never)
        let start = ContinuousClock.now
        let during = Task { await fetching.get("/never") }
        #expect(await fetching.origin.waitForRequests(1))
        during.cancel()
        #expect(await during.value.failureKind == .cancelled)
        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await fetching.get("/never")
        }
        #expect(await before.value.failureKind == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(50), "long before the request's own limit of 60 s")
        await fetching.end()
    }

    @Test("shutdown ends what is under way and what comes later")
    func shutdown() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/never", .never)
        async let outcome = fetching.get("/never")
        #expect(await fetching.origin.waitForRequests(1))
        await fetching.client.shutdown()
        #expect(await outcome.failureKind == .cancelled)
        #expect(await fetching.get("/never").failureKind == .cancelled)
        await fetching.end()
    }

    @Test("without a descriptor for its sockets a request fails with that reason, and the next one is made")
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            let fetching = try Fetching()
            fetching.origin.on("/ok", .text("ok"))
            // libcurl and OpenSSL take theirs with the first.
            _ = await fetching.client.send(HTTPRequest(url: fetching.origin.url("/ok")))
            let scarce = ScarceDescriptors(left: 0)
            guard case .failure(let failure) = await fetching.get("/ok"),
                failure.message == "no memory or descriptor for another connection pool"
            else { exit(EXIT_FAILURE) }
            _ = consume scarce
            guard case .response(let response) = await fetching.get("/ok"), response.status == 200 else {
                exit(EXIT_FAILURE)
            }
        }
    }

    @Test("1,000 transfers, failing ones among them, leak no descriptor")
    func descriptors() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/ok", .text("ok"))
        fetching.origin.on("/cut", ScriptedResponse(framing: .announced(9), ending: .cut))
        fetching.origin.on("/reset", .reset)
        fetching.origin.on("/close", ScriptedResponse(ending: .close))
        let before = openDescriptors()
        for round in 0..<20 {
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<50 {
                    let path = ["/ok", "/cut", "/reset", "/close", "/ok"][(index + round) % 5]
                    group.addTask { _ = await fetching.get(path) }
                }
            }
        }
        #expect(fetching.origin.requests.count >= 1000)
        // Kept-alive connections count twice, at either end; other suites run at the same time.
        await fetching.client.shutdown()
        var after = openDescriptors()
        let end = ContinuousClock.now + .seconds(10)
        while after > before + 200, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
            after = openDescriptors()
        }
        #expect(after <= before + 200)
        await fetching.end()
    }
}
