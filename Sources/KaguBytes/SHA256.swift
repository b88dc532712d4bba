// SPDX-License-Identifier: Apache-2.0

import CCrypto

/// SHA-256 (FIPS 180-4), computed by libcrypto.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer?

    /// Begins a digest.
    public init() {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes to the digest.
    public mutating func update(_ bytes: some Collection<UInt8>) {
        let used: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        if used == nil {
            let copy = Array(bytes)
            EVP_DigestUpdate(context, copy, copy.count)
        }
    }

    /// The 32 bytes of the digest; the digest begins anew.
    public mutating func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        EVP_DigestFinal_ex(context, &digest, &length)
        EVP_DigestInit_ex(context, EVP_sha256(), nil)
        return digest
    }

    /// The 32 bytes of the digest of `bytes`.
    public static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digest = bytes.withContiguousStorageIfAvailable { oneShot(UnsafeRawBufferPointer($0)) }
        return digest ?? Array(bytes).withUnsafeBytes { oneShot($0) }
    }

    /// The first 8 bytes of the digest of `key` and `text` in a row, as a big-endian number; allocates nothing.
    public static func first8Bytes(of text: String, key: [UInt8] = []) -> UInt64 {
        var text = text
        return text.withUTF8 { utf8 in
            withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { digest in
                key.withUnsafeBytes {
                    kagu_sha256(
                        $0.baseAddress, $0.count, utf8.baseAddress, utf8.count,
                        digest.assumingMemoryBound(to: UInt8.self).baseAddress)
                }
                return UInt64(bigEndian: digest.load(as: UInt64.self))
            }
        }
    }

    private static func oneShot(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            kagu_sha256(bytes.baseAddress, bytes.count, nil, 0, buffer.baseAddress)
            count = 32
        }
    }
}
