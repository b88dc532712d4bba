// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC from OpenSSL's libcrypto, which libcurl loads already.

#ifndef KAGU_CCRYPTO_SHIM_H
#define KAGU_CCRYPTO_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#endif
