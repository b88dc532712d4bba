// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguHTTP
import KaguLoopback
import KaguTestSupport
import Testing

/// Answers that never end: each is cut while it streams in, at the cost of little memory.
@Suite("Limits against hostile answers", .serialized)
struct LimitTests {
    @Test(
        "a gzip bomb of 10 GB costs less than 64 MB of memory (S6)",
        arguments: [HTTPLimits.Overflow.fails, .truncates])
    func bomb(_ overflow: HTTPLimits.Overflow) async throws {
        let fetching = try Fetching()
        let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + DeflateZeros.start
        let runs = DeflateZeros.runs(5000)
        fetching.origin.on(
            "/bomb",
            ScriptedResponse(
                headers: [("Content-Encoding", "gzip")],
                parts: [.init(head), .init(runs, repetitions: 10_000_000_000 / (5000 * 8 * 258))]))
        _ = try await fetching.get("/none").answer()
        var growth = Int.max
        // Other suites may use memory at the same time; one of three quiet moments will do.
        for _ in 0..<3 where growth >= 64 << 20 {
            let before = resetPeak()
            let outcome = await fetching.get("/bomb", limits: .poll(overflow: overflow))
            growth = peak() - before
            switch overflow {
            case .fails: #expect(outcome.failureKind == .tooLarge)
            case .truncates: #expect(try outcome.answer().body.count == 32 << 20)
            }
        }
        #expect(growth < 64 << 20)
        await fetching.end()
    }

    @Test("a receiver that floods costs little memory and no time: 64 KiB of its body are read (D13, T14)")
    func receiverFlood() async throws {
        let fetching = try Fetching()
        let part = ScriptedResponse.Part([UInt8](repeating: 0x61, count: 16 << 10), repetitions: 1 << 16)
        fetching.origin.on("/flood", ScriptedResponse(parts: [part]))
        let request = HTTPRequest(
            .post, url: fetching.origin.url("/flood"), body: [0x7B, 0x7D], limits: .delivery,
            addressGuard: Fetching.loopback)
        _ = try await fetching.client.send(request).answer()
        var growth = Int.max
        for _ in 0..<3 where growth >= 4 << 20 {
            let before = resetPeak()
            let answer = try await fetching.client.send(request).answer()
            growth = peak() - before
            #expect(answer.isBodyTruncated && answer.body.count == 64 << 10)
            #expect(answer.duration < .seconds(15))
        }
        // 2 MiB for the client, as much again for the origin in the same process.
        #expect(growth < 4 << 20)
        await fetching.end()
    }

    @Test("headers without an end are cut: in one line, in many, in interim answers, in trailers (S6, T14)")
    func endlessHeaders() async throws {
        let fetching = try Fetching()
        let start = "HTTP/1.1 200 OK\r\n"
        let endless: [(path: String, head: String, part: String)] = [
            ("/line", start + "X: ", String(repeating: "a", count: 10_000)),
            ("/lines", start, "X-A: " + String(repeating: "a", count: 500) + "\r\n"),
            ("/interim", "", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
            ("/trailers", start + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n", "X-T: aaaaaaaaaaaaaaaa\r\n"),
        ]
        for (path, head, part) in endless {
            fetching.origin.on(
                path,
                ScriptedResponse(
                    parts: [.init(Array(part.utf8), repetitions: 10_000_000 / part.utf8.count)], framing: .none,
                    ending: .silence, rawHead: Array(head.utf8)))
            let before = resetPeak()
            #expect(await fetching.get(path).failureKind == .headersTooLarge, "\(path)")
            #expect(peak() - before < 64 << 20)
        }
        await fetching.end()
    }

    @Test("a byte every 100 ms is cut at the deadline, in the headers and in the body (S6, P28)")
    func drips() async throws {
        let fetching = try Fetching()
        let drip = ScriptedResponse.Part([0x61], repetitions: 1000, pause: .milliseconds(100))
        fetching.origin.on(
            "/head",
            ScriptedResponse(
                parts: [drip], framing: .none, ending: .silence, rawHead: Array("HTTP/1.1 200 OK\r\nX: ".utf8)))
        fetching.origin.on("/body", .drip(count: 1000, every: .milliseconds(100)))
        let limits = HTTPLimits.poll(total: .milliseconds(600))
        let start = ContinuousClock.now
        async let head = fetching.get("/head", limits: limits)
        async let body = fetching.get("/body", limits: limits)
        for outcome in await [head, body] {
            guard case .failure(let failure) = outcome else {
                Issue.record("a drip came to an end")
                continue
            }
            #expect(failure.kind == .timeout)
            #expect(failure.hasAnswered)
        }
        let elapsed = ContinuousClock.now - start
        #expect(elapsed >= .milliseconds(590) && elapsed < .seconds(30))
        await fetching.end()
    }

    @Test("bodies count from their first byte until their transfer has ended (S6)")
    func bodiesInFlight() async throws {
        let fetching = try Fetching()
        let part = ScriptedResponse.Part([UInt8](repeating: 0x61, count: 100_000))
        fetching.origin.on(
            "/half", ScriptedResponse(parts: [part], framing: .announced(200_000), ending: .silence))
        #expect(fetching.client.bodyBytesInFlight == 0)
        let polls = (0..<3).map { _ in Task { await fetching.get("/half") } }
        let end = ContinuousClock.now + .seconds(30)
        while fetching.client.bodyBytesInFlight < 300_000, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(fetching.client.bodyBytesInFlight == 300_000)
        polls[0].cancel()
        _ = await polls[0].value
        #expect(fetching.client.bodyBytesInFlight == 200_000)
        await fetching.client.shutdown()
        for poll in polls { _ = await poll.value }
        #expect(fetching.client.bodyBytesInFlight == 0)
        await fetching.end()
    }

    @Test("the limits are those of the table (S6, D13)")
    func table() {
        #expect(HTTPLimits.poll.bodyBytes == 32 << 20 && HTTPLimits.poll.overflow == .fails)
        #expect(HTTPLimits.poll.headerBytes == 64 << 10)
        #expect(HTTPLimits.poll.total == .seconds(60) && HTTPLimits.poll.connect == .seconds(15))
        #expect(HTTPLimits.delivery.bodyBytes == 64 << 10 && HTTPLimits.delivery.overflow == .truncates)
        #expect(HTTPLimits.delivery.total == .seconds(15) && HTTPLimits.delivery.connect == .seconds(5))
    }

    @Test("1,100 hosts leave few connections behind, and every request is answered")
    func manyHosts() async throws {
        let fetching = try Fetching()
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu", maximumIdleConnections: 10))
        fetching.origin.on("/", .text("ok"))
        let port = fetching.origin.port
        let before = openDescriptors()
        let answered = await withTaskGroup(of: Int.self) { group in
            for lane in 0..<22 {
                group.addTask {
                    var answered = 0
                    for host in 0..<50 {
                        let request = HTTPRequest(
                            url: "http://h\(lane * 50 + host).localhost:\(port)/", addressGuard: Fetching.loopback)
                        if await client.send(request).failureKind == nil { answered += 1 }
                    }
                    return answered
                }
            }
            var sum = 0
            for await count in group { sum += count }
            return sum
        }
        #expect(answered == 1100)
        #expect(fetching.origin.connectionCount == 1100)
        var open = openDescriptors()
        let end = ContinuousClock.now + .seconds(10)
        while open > before + 300, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
            open = openDescriptors()
        }
        // Both ends of a connection count, and other suites run at the same time.
        #expect(open <= before + 300)
        await client.shutdown()
        await fetching.end()
    }

    /// Resets the process's peak of resident memory; returns the bytes resident now.
    private func resetPeak() -> Int {
        if let file = fopen("/proc/self/clear_refs", "w") {
            fputs("5", file)
            fclose(file)
        }
        return status("VmRSS")
    }

    private func peak() -> Int { status("VmHWM") }

    /// A figure of /proc/self/status, in bytes.
    private func status(_ name: String) -> Int {
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, 256, file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("\(name):") else { continue }
            return (Int(text.filter(\.isNumber)) ?? 0) << 10
        }
        return 0
    }
}

/// How many descriptors the process has open.
func openDescriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
}

/// Zeros in one block of fixed Huffman codes (RFC 1951 §3.2.6): a literal 0, then runs of length 258 at distance 1.
enum DeflateZeros {
    /// A whole number of bytes that begin the block: its header, the literal, and runs up to a byte's end.
    static let start: [UInt8] = bytes("1" + "10" + "00110000" + String(repeating: run, count: 1))

    /// 13 bytes hold eight runs.
    static func runs(_ eights: Int) -> [UInt8] {
        let eight = bytes(String(repeating: run, count: 8))
        return (0..<eights).flatMap { _ in eight }
    }

    private static let run = "11000101" + "00000"

    private static func bytes(_ bits: String) -> [UInt8] {
        let bits = Array(bits.utf8)
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { byte, bit in
                byte | (bit.element == 0x31 ? 1 << UInt8(bit.offset) : 0)
            }
        }
    }
}
