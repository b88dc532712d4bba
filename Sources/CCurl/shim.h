// SPDX-License-Identifier: Apache-2.0
// libcurl's variadic calls, which Swift cannot import, as one typed function per argument type. libcurl reads
// the argument with va_arg and the type that the option prescribes: the caller picks the function by the
// option's reference page ("long", "char *", ...).

#ifndef KAGU_CCURL_SHIM_H
#define KAGU_CCURL_SHIM_H

#include <curl/curl.h>

// QUICK_EXIT came with 7.87, PROTOCOLS_STR with 7.85, CURLINFO_CAPATH with 7.84.
#if LIBCURL_VERSION_NUM < 0x075700
#error "kagu needs libcurl 7.87 or newer"
#endif

// curl_easy_setopt, options of CURLOPTTYPE_LONG: flags, sizes, milliseconds.
static inline CURLcode kagu_easy_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, options of CURLOPTTYPE_OFF_T: sizes that exceed a long elsewhere.
static inline CURLcode kagu_easy_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, options of CURLOPTTYPE_STRINGPOINT: libcurl copies the text; NULL restores the default.
static inline CURLcode kagu_easy_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, options of CURLOPTTYPE_OBJECTPOINT and CBPOINT: buffers and callback contexts, not copied.
static inline CURLcode kagu_easy_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, options of CURLOPTTYPE_SLISTPOINT: not copied, must outlive the transfer.
static inline CURLcode kagu_easy_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION, which share a signature.
static inline CURLcode kagu_easy_set_write_function(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_setopt, CURLOPT_OPENSOCKETFUNCTION.
static inline CURLcode kagu_easy_set_opensocket_function(CURL *handle, curl_opensocket_callback value) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

// curl_easy_setopt, CURLOPT_CLOSESOCKETFUNCTION.
static inline CURLcode kagu_easy_set_closesocket_function(CURL *handle, curl_closesocket_callback value) {
    return curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, value);
}

// curl_easy_setopt, CURLOPT_READFUNCTION.
static inline CURLcode kagu_easy_set_read_function(CURL *handle, curl_read_callback value) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, value);
}

// curl_easy_setopt, CURLOPT_XFERINFOFUNCTION.
static inline CURLcode kagu_easy_set_progress_function(CURL *handle, curl_xferinfo_callback value) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, value);
}

// curl_easy_setopt, CURLOPT_MAIL_RCPT_ALLLOWFAILS, whose name lost an L in 8.2 and is a macro since.
static inline CURLcode kagu_easy_allow_refused_recipients(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_MAIL_RCPT_ALLLOWFAILS, 1L);
}

// curl_easy_setopt, options that take a struct curl_blob, whose bytes are copied if its flags say so.
static inline CURLcode kagu_easy_set_blob(CURL *handle, CURLoption option, struct curl_blob *value) {
    return curl_easy_setopt(handle, option, value);
}

// curl_easy_getinfo, CURLINFO_LONG.
static inline long kagu_easy_get_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

// curl_easy_getinfo, CURLINFO_OFF_T.
static inline curl_off_t kagu_easy_get_offset(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

// curl_easy_getinfo, CURLINFO_STRING; the text belongs to the handle and lives until its next transfer.
static inline const char *kagu_easy_get_string(CURL *handle, CURLINFO info) {
    char *value = NULL;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : NULL;
}

// curl_version_info takes CURLVERSION_NOW, a macro over an enumerator, which Swift does not import.
static inline int kagu_curl_features(void) {
    return curl_version_info(CURLVERSION_NOW)->features;
}

// curl_multi_setopt, CURLOPTTYPE_LONG.
static inline CURLMcode kagu_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

// curl_multi_setopt, callback contexts.
static inline CURLMcode kagu_multi_set_pointer(CURLM *handle, CURLMoption option, void *value) {
    return curl_multi_setopt(handle, option, value);
}

// curl_multi_setopt, CURLMOPT_SOCKETFUNCTION.
static inline CURLMcode kagu_multi_set_socket_function(CURLM *handle, curl_socket_callback value) {
    return curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, value);
}

// curl_multi_setopt, CURLMOPT_TIMERFUNCTION.
static inline CURLMcode kagu_multi_set_timer_function(CURLM *handle, curl_multi_timer_callback value) {
    return curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, value);
}

#endif
