// SPDX-License-Identifier: Apache-2.0
// zlib for gzip outside HTTP: compressed feed bodies, sealed day files, the item archive. Beside it the checksum that zlib
// lacks and processors have an instruction for.

#ifndef KAGU_CZLIB_SHIM_H
#define KAGU_CZLIB_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

/// deflateInit2 and inflateInit2 are macros, which Swift does not import.
static inline int kagu_deflate_init(z_stream *stream, int level, int window_bits) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

static inline int kagu_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}

/// Whether the processor has CRC-32C: SSE 4.2, or ARM's CRC extension.
static inline int kagu_has_crc32c(void) {
#if defined(__x86_64__)
    unsigned a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2);
#elif defined(__aarch64__)
    return (getauxval(AT_HWCAP) & (1UL << 7)) != 0;
#else
    return 0;
#endif
}

/// Goes on with a CRC-32C (not complemented) over `count` bytes, eight at a time; only where kagu_has_crc32c says so.
#if defined(__x86_64__)
__attribute__((target("sse4.2")))
#elif defined(__aarch64__)
__attribute__((target("crc")))
#endif
static inline uint32_t kagu_crc32c(uint32_t crc, const unsigned char *bytes, size_t count) {
#if defined(__x86_64__) || defined(__aarch64__)
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
#if defined(__x86_64__)
        crc = (uint32_t)__builtin_ia32_crc32di(crc, word);
#else
        crc = __builtin_arm_crc32cd(crc, word);
#endif
    }
    for (; count > 0; bytes++, count--) {
#if defined(__x86_64__)
        crc = __builtin_ia32_crc32qi(crc, *bytes);
#else
        crc = __builtin_arm_crc32cb(crc, *bytes);
#endif
    }
#endif
    return crc;
}

#endif
