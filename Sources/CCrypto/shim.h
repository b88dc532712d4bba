// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC from OpenSSL's libcrypto, which libcurl loads already.

#ifndef KAGU_CCRYPTO_SHIM_H
#define KAGU_CCRYPTO_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stddef.h>

// The digest of two buffers in a row, 32 bytes. Through EVP each digest of a short text costs a look-up of the
// algorithm and two allocations, ten times the hashing; the calls that do without are marked deprecated in OpenSSL 3.
static inline void kagu_sha256(const void *first, size_t first_count, const void *second, size_t second_count,
                               unsigned char *digest) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, first, first_count);
    SHA256_Update(&context, second, second_count);
    SHA256_Final(digest, &context);
#pragma GCC diagnostic pop
}

#endif
