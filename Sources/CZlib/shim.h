// SPDX-License-Identifier: Apache-2.0
// zlib for gzip outside HTTP: compressed feed bodies, sealed day files, the item archive.

#ifndef KAGU_CZLIB_SHIM_H
#define KAGU_CZLIB_SHIM_H

#include <zlib.h>

/// deflateInit2 and inflateInit2 are macros, which Swift does not import.
static inline int kagu_deflate_init(z_stream *stream, int level, int window_bits) {
    return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

static inline int kagu_inflate_init(z_stream *stream, int window_bits) {
    return inflateInit2(stream, window_bits);
}

#endif
