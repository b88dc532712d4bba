// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// HMAC (RFC 2104) with SHA-256, computed by libcrypto.
public enum HMACSHA256 {
    /// The 32 bytes that authenticate `message` under `key`.
    public static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
        return code
    }
}

/// Comparison that takes the same time wherever two byte strings differ, for signatures.
public enum ConstantTime {
    /// Whether both are equal; differing lengths are told at once.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}

/// Random bytes from libcrypto's generator, for keys and identifiers.
public enum SecureRandom {
    /// `count` random bytes; the system's generator stands in where libcrypto's has no seed.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        if RAND_bytes(&bytes, Int32(count)) != 1 {
            var generator = SystemRandomNumberGenerator()
            for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &generator) }
        }
        return bytes
    }
}
