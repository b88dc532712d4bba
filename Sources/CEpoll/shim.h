// SPDX-License-Identifier: Apache-2.0
// epoll(7), which Swift's Glibc module leaves out.

#ifndef KAGU_CEPOLL_SHIM_H
#define KAGU_CEPOLL_SHIM_H

#include <sys/epoll.h>

#endif
