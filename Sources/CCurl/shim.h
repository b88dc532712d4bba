// SPDX-License-Identifier: Apache-2.0
// libcurl's variadic calls, which Swift cannot import, as one typed function per argument type.

#ifndef KAGU_CCURL_SHIM_H
#define KAGU_CCURL_SHIM_H

#include <curl/curl.h>

#endif
