// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguHTTP
import KaguModel
import KaguTestSupport
import Testing

/// The guard and the proxies over real sockets: a trap listens on 127.0.0.1 and counts who comes.
@Suite("Guarded connections")
struct ConnectionGuardTests {
    @Test(
        "no spelling of a refused host reaches a listening trap (S1, S2, T13)",
        arguments: [
            "127.0.0.1", "127.1", "127.0.1", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "2130706433",
            "0", "0.0.0.0", "localhost", "LOCALHOST", "trap.localhost", "[::1]", "[::]", "[::127.0.0.1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
            "%31%32%37.0.0.1", "①②⑦.⓪.⓪.①", "user@127.0.0.1", "example.org@127.0.0.1",
        ])
    func spellings(_ host: String) async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("secret"))
        let outcome = await fetching.client.send(HTTPRequest(url: "http://\(host):\(fetching.origin.port)/"))
        // A libcurl that does not read the circled digits as a host may call them one that is not there.
        let isReadable = host.utf8.allSatisfy { $0 < 0x80 }
        #expect(outcome.failureKind == .blockedAddress || (!isReadable && outcome.failureKind != nil))
        #expect(fetching.origin.connectionCount == 0)
        await fetching.end()
    }

    @Test(
        "special addresses are refused at once, without a packet (S2, T12, T13)",
        arguments: [
            "169.254.169.254", "[::ffff:10.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]",
            "[fe80::1]", "[fd00::1]", "10.0.0.1", "100.64.0.1", "192.168.0.1", "224.0.0.1", "255.255.255.255",
        ])
    func specialAddresses(_ host: String) async throws {
        let client = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        let outcome = await client.send(HTTPRequest(url: "http://\(host)/latest/meta-data/"))
        #expect(outcome.failureKind == .blockedAddress)
        await client.shutdown()
    }

    @Test("host:port opens whatever the host resolves to, at that port and for that name only (S3)")
    func endpoint() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("bridge"))
        let port = fetching.origin.port
        let bridge = AddressGuard(allowing: [.endpoint(host: "bridge.localhost", port: port)])
        func kind(_ host: String, _ port: Int) async -> HTTPFailure.Kind? {
            await fetching.client.send(HTTPRequest(url: "http://\(host):\(port)/", addressGuard: bridge))
                .failureKind
        }
        #expect(await kind("other.localhost", port) == .blockedAddress)
        #expect(await kind("127.0.0.1", port) == .blockedAddress)
        #expect(await kind("bridge.localhost", port == 65_535 ? port - 1 : port + 1) == .blockedAddress)
        #expect(fetching.origin.connectionCount == 0)
        #expect(await kind("bridge.localhost", port) == nil)
        #expect(await kind("BRIDGE.localhost", port) == nil)
        #expect(fetching.origin.requests.count == 2)
        await fetching.end()
    }

    @Test("a block opens the addresses in it and no other (S3)")
    func block() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("ok"))
        for (block, isOpen) in [("127.0.0.1/32", true), ("127.0.0.0/8", true), ("127.0.0.2/31", false)] {
            let list = AddressGuard(allowing: [try #require(AllowedAddress(block))])
            let outcome = await fetching.client.send(HTTPRequest(url: fetching.origin.url("/"), addressGuard: list))
            #expect(outcome.failureKind == (isOpen ? nil : .blockedAddress), "\(block)")
        }
        #expect(fetching.origin.requests.count == 2)
        await fetching.end()
    }

    @Test("a connection that one request may use does not serve a request that may not (S3)")
    func separatePools() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("ok"))
        _ = try await fetching.get("/").answer()
        let outcome = await fetching.client.send(HTTPRequest(url: fetching.origin.url("/")))
        #expect(outcome.failureKind == .blockedAddress)
        let endpoint = AddressGuard(allowing: [.endpoint(host: "127.0.0.1", port: fetching.origin.port)])
        _ = try await fetching.client.send(HTTPRequest(url: fetching.origin.url("/"), addressGuard: endpoint))
            .answer()
        _ = try await fetching.get("/").answer()
        #expect(fetching.origin.requests.map(\.connection) == [1, 2, 1])
        await fetching.end()
    }

    @Test("many allow-lists one after another keep working when idle pools go")
    func manyPools() async throws {
        let fetching = try Fetching()
        fetching.origin.on("/", .text("ok"))
        for port in 1...80 {
            let list = AddressGuard(
                allowing: [.endpoint(host: "x", port: port), .block(address: [127, 0, 0, 1], prefixLength: 32)])
            _ = try await fetching.client.send(HTTPRequest(url: fetching.origin.url("/"), addressGuard: list))
                .answer()
        }
        #expect(fetching.origin.requests.count == 80)
        await fetching.end()
    }

    @Test("proxies of the environment are ignored, http.proxy is used whatever NO_PROXY says (S4)")
    func proxies() async throws {
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"]
        let trap = try LoopbackOrigin()
        for name in names { setenv(name, "http://127.0.0.1:\(trap.port)", 1) }
        for name in ["NO_PROXY", "no_proxy"] { setenv(name, "*", 1) }
        defer { for name in names + ["NO_PROXY", "no_proxy"] { unsetenv(name) } }

        let fetching = try Fetching()
        fetching.origin.on("/", .text("direct"))
        unsetenv("NO_PROXY")
        unsetenv("no_proxy")
        #expect(try await fetching.get("/").answer().body == Array("direct".utf8))
        #expect(trap.connectionCount == 0)
        for name in ["NO_PROXY", "no_proxy"] { setenv(name, "*", 1) }

        fetching.origin.otherwise { _ in .text("by proxy") }
        let client = HTTPClient(
            settings: HTTPClientSettings(
                userAgent: "kagu", proxy: Secret("http://user:pass@127.0.0.1:\(fetching.origin.port)")))
        let answer = try await client.send(HTTPRequest(url: "http://feeds.invalid/a?b")).answer()
        #expect(answer.body == Array("by proxy".utf8))
        let request = try #require(fetching.origin.requests.last)
        #expect(request.target == "http://feeds.invalid/a?b")
        #expect(request.header("Proxy-Authorization") == "Basic dXNlcjpwYXNz")
        #expect(trap.connectionCount == 0)
        await client.shutdown()
        await fetching.end()
        trap.stop()
    }
}
