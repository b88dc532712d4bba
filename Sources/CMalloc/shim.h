// SPDX-License-Identifier: Apache-2.0
// Memory of the process: glibc's allocator settings and its list of loaded objects, which Swift's Glibc module leaves
// out. Without _GNU_SOURCE, under which some types of the C library would differ from those that Swift knows.

#ifndef KAGU_CMALLOC_SHIM_H
#define KAGU_CMALLOC_SHIM_H

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>

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

/// One loaded object, as dl_iterate_phdr(3) gives it; later members are left out.
struct kagu_object {
    ElfW(Addr) dlpi_addr;
    const char *dlpi_name;
    const ElfW(Phdr) *dlpi_phdr;
    ElfW(Half) dlpi_phnum;
};

/// dl_iterate_phdr(3), which <link.h> declares under _GNU_SOURCE only.
extern int kagu_for_each_object(int (*body)(struct kagu_object *, size_t, void *), void *data)
    __asm__("dl_iterate_phdr");

/// Unmaps the code of one loaded object, whole pages that are never written: nothing is lost. `page` is their size.
static inline int kagu_rest_object(struct kagu_object *object, size_t size, void *page) {
    const ElfW(Addr) mask = ~(*(const ElfW(Addr) *)page - 1);
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X) || (part->p_flags & PF_W)) continue;
        const ElfW(Addr) begin = (object->dlpi_addr + part->p_vaddr) & mask;
        const ElfW(Addr) end = (object->dlpi_addr + part->p_vaddr + part->p_memsz) & mask;
        if (end > begin) madvise((void *)begin, end - begin, MADV_DONTNEED);
    }
    return 0;
}

/// Unmaps the code of the program and its libraries. What runs again is mapped again from the page cache, 64 KiB for
/// each fault.
static inline void kagu_rest_code(long pageSize) {
    ElfW(Addr) page = (ElfW(Addr))pageSize;
    kagu_for_each_object(kagu_rest_object, &page);
}

#endif
