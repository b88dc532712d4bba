// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguTestSupport
import Testing

@Suite("The address guard")
struct AddressGuardTests {
    private func refusal(
        _ address: String, _ addressGuard: AddressGuard = .publicOnly, host: String = "example.org", port: Int = 80
    ) throws -> String? {
        addressGuard.refusal(of: try #require(IPAddress(address)), host: host, port: port)
    }

    private func rules(_ texts: String...) throws -> [AllowedAddress] {
        try texts.map { try #require(AllowedAddress($0)) }
    }

    @Test(
        "first and last address of every block of the table are refused (S2)",
        arguments: [
            ("0.0.0.0", "0.255.255.255"), ("10.0.0.0", "10.255.255.255"), ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"), ("169.254.0.0", "169.254.255.255"), ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"), ("192.0.2.0", "192.0.2.255"), ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"), ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"), ("224.0.0.0", "239.255.255.255"), ("240.0.0.0", "255.255.255.255"),
            ("::", "::ffff:ffff"), ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
            ("100::", "100::ffff:ffff:ffff:ffff"), ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"), ("2002::", "2002:ffff::1"),
            ("3fff::", "3fff:fff::1"), ("5f00::", "5f00:ffff::1"), ("fc00::", "fdff:ffff::1"),
            ("fe80::", "febf:ffff::1"), ("fec0::", "feff:ffff::1"), ("ff00::", "ffff:ffff::1"),
        ])
    func refused(first: String, last: String) throws {
        #expect(try refusal(first) != nil)
        #expect(try refusal(last) != nil)
    }

    @Test(
        "the neighbours of the blocks are public (S2)",
        arguments: [
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
            "192.88.98.255", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
            "8.8.8.8", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "fbff::1", "64:ff9a::1",
        ])
    func allowed(_ address: String) throws {
        #expect(try refusal(address) == nil)
    }

    @Test("mapped and NAT64 addresses are judged by the IPv4 address inside (S2)")
    func embedded() throws {
        for inside in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1"] {
            #expect(try refusal("::ffff:\(inside)") != nil)
            #expect(try refusal("64:ff9b::\(inside)") != nil)
        }
        #expect(try refusal("::ffff:8.8.8.8") == nil)
        #expect(try refusal("64:ff9b::8.8.8.8") == nil)
        let opened = AddressGuard(allowing: try rules("10.0.0.0/8"))
        #expect(try refusal("::ffff:10.1.2.3", opened) == nil)
    }

    @Test("an allow-list opens its blocks and endpoints and nothing else (S3)")
    func allowList() throws {
        let list = AddressGuard(
            allowing: try rules("192.168.1.20/32", "10.0.0.0/9", "rss-bridge:3000", "[fd00::5]:80", "127.0.0.0/8"))
        #expect(try refusal("192.168.1.20", list) == nil)
        #expect(try refusal("192.168.1.21", list) != nil)
        #expect(try refusal("10.127.255.255", list) == nil)
        #expect(try refusal("10.128.0.0", list) != nil)
        #expect(try refusal("127.0.0.1", list) == nil)
        #expect(try refusal("172.20.0.2", list, host: "rss-bridge", port: 3000) == nil)
        #expect(try refusal("172.20.0.2", list, host: "rss-bridge", port: 80) != nil)
        #expect(try refusal("172.20.0.2", list, host: "other", port: 3000) != nil)
        #expect(try refusal("fd00::5", list, host: "fd00::5", port: 80) == nil)
        #expect(try refusal("fd00::6", list, host: "fd00::6", port: 80) != nil)
        #expect(list.opens(host: "rss-bridge", port: 3000) && !list.opens(host: "rss-bridge", port: 80))
        #expect(list.opens(host: "10.0.0.1", port: 80) && !list.opens(host: "8.8.8.8", port: 80))
    }

    @Test("a receiver's block opens private space only, a single address or endpoint anything (D14)")
    func receiverList() throws {
        let wide = AddressGuard(
            allowing: try rules("0.0.0.0/0", "::/0"), blocksOpen: .privateSpace)
        for address in ["10.0.0.1", "192.168.1.1", "172.16.0.1", "100.64.0.1", "fd00::1", "::ffff:10.0.0.1"] {
            #expect(try refusal(address, wide) == nil, "\(address)")
        }
        for address in ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0", "::ffff:127.0.0.1"] {
            #expect(try refusal(address, wide) != nil, "\(address)")
        }
        let single = AddressGuard(
            allowing: try rules("127.0.0.1/32", "::1/128", "localhost:9093"), blocksOpen: .privateSpace)
        #expect(try refusal("127.0.0.1", single) == nil)
        #expect(try refusal("::1", single) == nil)
        #expect(try refusal("127.0.0.2", single) != nil)
        #expect(try refusal("127.0.0.2", single, host: "localhost", port: 9093) == nil)
    }

    @Test("entries that are neither block nor endpoint are not read (S3)")
    func entries() {
        let bad = [
            "", "/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "host", "host:", "host:0", "host:65536",
            ":80", "[fd00::5]", "[x]:80", "fd00::5:80:", "host:+80", "10.0.0.0/-1",
        ]
        for text in bad { #expect(AllowedAddress(text) == nil, "\(text)") }
        #expect(AllowedAddress("Host.Example:80") == .endpoint(host: "host.example", port: 80))
        #expect(AllowedAddress("10.0.0.1") == .block(address: [10, 0, 0, 1], prefixLength: 32))
    }

    @Test("a refusal names the address, the block and its meaning")
    func wording() throws {
        #expect(
            try refusal("10.1.2.3") == "address 10.1.2.3 is refused: private network (10.0.0.0/8)")
        #expect(
            try refusal("::ffff:127.0.0.1") == "address ::ffff:127.0.0.1 is refused: loopback (127.0.0.0/8)")
    }
}
