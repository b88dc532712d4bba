// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import Testing

@Suite("Digests and checksums")
struct DigestTests {
    @Test(
        "SHA-256 gives the values of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ])
    func sha256(text: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(text.utf8)) == digest)
    }

    @Test("a digest in parts equals the digest of the whole, and begins anew after its end")
    func incremental() {
        var digest = SHA256()
        digest.update(Array("a".utf8))
        digest.update("bc".utf8)
        #expect(digest.finalize() == SHA256.hash("abc".utf8))
        digest.update("abc".utf8)
        #expect(digest.finalize() == SHA256.hash("abc".utf8))
    }

    @Test("HMAC-SHA256 gives the value of RFC 4231, test case 2")
    func hmac() {
        let code = HMACSHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("CRC-32C gives the values of RFC 3720, appendix B.4")
    func crc() {
        #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    }

    @Test("comparison in constant time tells equal from different")
    func constantTime() {
        #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
    }

    @Test("random bytes are as many as asked for, and not the same twice")
    func random() {
        #expect(SecureRandom.bytes(32).count == 32)
        #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    }
}

@Suite("Text encodings of bytes")
struct TextEncodingTests {
    @Test(
        "base64 gives the values of RFC 4648, section 10, both ways",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(
        "base64 that is cut, padded in the middle or foreign is refused",
        arguments: ["Zg", "Zg=", "Z===", "Zm9?", "Zg==Zg=="])
    func badBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test("base32 uses Crockford's letters in lower case, five bits each")
    func base32() {
        #expect(Base32.encode([0x00]) == "00")
        #expect(Base32.encode([0xFF]) == "zw")
        #expect(Base32.encode([0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) == "zzzzzzzz")
    }
}

@Suite("gzip")
struct GzipTests {
    @Test("what is deflated inflates to the same bytes")
    func roundTrip() throws {
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        #expect(try Gzip.inflate(Gzip.deflate(bytes), limit: bytes.count) == bytes)
    }

    @Test("members that follow each other are one stream (RFC 1952 §2.2)")
    func members() throws {
        let both = Gzip.deflate(Array("Nou".utf8)) + Gzip.deflate(Array("méa".utf8))
        #expect(try Gzip.inflate(both, limit: 100) == Array("Nouméa".utf8))
    }

    @Test("zero bytes behind the last member are ignored, as gzip(1) does")
    func padding() throws {
        #expect(try Gzip.inflate(Gzip.deflate([1, 2, 3]) + [0, 0, 0], limit: 10) == [1, 2, 3])
    }

    @Test("the limit counts inflated bytes (S6)")
    func limit() {
        let bomb = Gzip.deflate([UInt8](repeating: 0, count: 1 << 20))
        #expect(throws: GzipError.exceedsLimit(1000)) { try Gzip.inflate(bomb, limit: 1000) }
    }

    @Test("a cut stream is truncated, a changed or foreign one damaged")
    func bad() {
        let good = Gzip.deflate(Array("kagu kagu kagu".utf8))
        #expect(throws: GzipError.truncated) { try Gzip.inflate(Array(good.dropLast(9)), limit: 100) }
        #expect(throws: GzipError.damaged) { try Gzip.inflate(Array("<rss/>".utf8), limit: 100) }
        var changed = good
        changed[good.count - 6] ^= 0xFF
        #expect(throws: GzipError.damaged) { try Gzip.inflate(changed, limit: 100) }
    }

    @Test("gzip is known by its first two bytes (F4)")
    func magic() {
        #expect(Gzip.isGzip(Gzip.deflate([])))
        #expect(!Gzip.isGzip(Array("<rss".utf8)))
        #expect(!Gzip.isGzip([0x1F]))
    }
}
