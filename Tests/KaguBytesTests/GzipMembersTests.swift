// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import Testing

/// Members that are found and read one by one (O42, RFC 1952).
@Suite struct GzipMembersTests {
    private let plain = Array(String(repeating: "{\"v\":1,\"id\":\"h_1\"}\n", count: 500).utf8)

    @Test("a member is gzip to everyone, and its header tells both lengths (RFC 1952 §2.3.1.1)")
    func roundTrip() throws {
        let member = GzipMembers.member(plain)
        #expect(try Gzip.inflate(member + member, limit: 1 << 20) == plain + plain)
        let lengths = try #require(GzipMembers.lengths(inHeader: member))
        #expect(lengths.member == member.count && lengths.inflated == plain.count)
        #expect(GzipMembers.inflatedLength(inTrailer: member) == plain.count)
        let (bytes, isWhole) = GzipMembers.inflate(member, count: plain.count)
        #expect(bytes == plain && isWhole)
        #expect(GzipMembers.lengths(inHeader: Gzip.deflate(plain)) == nil)
        #expect(GzipMembers.lengths(inHeader: member.prefix(23)) == nil)
    }

    @Test("each flipped byte of a member is noticed, and none makes the reader trap (T8)")
    func flips() {
        let member = GzipMembers.member(plain)
        for index in member.indices {
            var damaged = member
            damaged[index] ^= 0x20
            // Time stamp, flags and system are not ours to check: they change nothing of the content.
            if (4..<10).contains(index) { continue }
            let (bytes, isWhole) = GzipMembers.inflate(damaged, count: plain.count)
            #expect(!isWhole && bytes.count <= plain.count, "byte \(index)")
        }
        #expect(!GzipMembers.inflate([], count: 5).isWhole)
        #expect(GzipMembers.nextHeader(in: [0] + member, from: 0) == 1)
        #expect(GzipMembers.nextHeader(in: member, from: 1) == nil)
    }
}
