// SPDX-License-Identifier: Apache-2.0
// glibc's allocator settings, which Swift's Glibc module leaves out.

#ifndef KAGU_CMALLOC_SHIM_H
#define KAGU_CMALLOC_SHIM_H

#include <malloc.h>

/// One arena; freed memory is kept up to `kept` bytes for the next body instead of going back page by page; single
/// blocks from `mapped` bytes on are mappings of their own.
static inline void kagu_tune_malloc(int kept, int mapped) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TRIM_THRESHOLD, kept);
    mallopt(M_MMAP_THRESHOLD, mapped);
}

/// Gives all free memory back to the system.
static inline void kagu_trim_malloc(void) {
    malloc_trim(0);
}

#endif
