// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguTestSupport
import Testing

@Suite("Content codings")
struct DecodingTests {
    @Test("gzip, deflate and brotli bodies arrive decoded (P4)")
    func decoding() async throws {
        let fetching = try Fetching()
        // `printf hello | gzip -n`; the brotli bytes hold one uncompressed meta-block.
        let gzip: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0, 0x86, 0xA6, 0x10, 0x36, 5, 0,
            0, 0,
        ]
        let brotli: [UInt8] = [0x0B, 0x02, 0x80] + Array("hello".utf8) + [0x03]
        fetching.origin.on("/gzip", .bytes(gzip, headers: ["Content-Encoding": "gzip"]))
        fetching.origin.on("/deflate", .bytes(Array(gzip[10..<17]), headers: ["Content-Encoding": "deflate"]))
        fetching.origin.on("/br", .bytes(brotli, headers: ["Content-Encoding": "br"]))
        for path in ["/gzip", "/deflate"] {
            let answer = try await fetching.get(path).answer()
            #expect(String(decoding: answer.body, as: UTF8.self) == "hello", "\(path)")
        }
        let request = try #require(fetching.origin.requests.first)
        if request.header("Accept-Encoding")?.contains("br") == true {
            #expect(try await fetching.get("/br").answer().body == Array("hello".utf8))
        }
        await fetching.end()
    }

    @Test("a body that does not fit its coding fails")
    func undecodable() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("no gzip", headers: ["Content-Encoding": "gzip"]))
        #expect(await fetching.get("/").failureKind == .undecodable)
        await fetching.end()
    }

    @Test("a gzip bomb is cut by its decoded size while it streams in (S6)")
    func bomb() async throws {
        let fetching = try Fetching()
        // 258 zeros in 13 bits: 64 MiB of zeros in 423 KB.
        let bomb =
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + DeflateZeros.start + DeflateZeros.runs((64 << 20) / 258 / 8)
        #expect(bomb.count < 500_000)
        fetching.origin.on("/bomb", .bytes(bomb, headers: ["Content-Encoding": "gzip"]))
        #expect(await fetching.get("/bomb").failureKind == .tooLarge)
        #expect(fetching.client.bodyBytesInFlight == 0)
        let small = try await fetching.get("/bomb", limits: .poll(body: 1 << 20, overflow: .truncates)).answer()
        #expect(small.body == [UInt8](repeating: 0, count: 1 << 20))
        await fetching.end()
    }
}
