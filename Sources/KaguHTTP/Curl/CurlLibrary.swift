// SPDX-License-Identifier: Apache-2.0

import CCurl

/// What libcurl is and offers on this machine; loaded once for the process.
enum CurlLibrary {
    /// Initialises libcurl at first use; later uses cost nothing.
    static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// `Accept-Encoding`: the codings that this libcurl decodes, gzip first (P4).
    static let acceptEncoding: String = {
        var codings = ["gzip", "deflate"]
        let features = Int(kagu_curl_features())
        if features & Int(CURL_VERSION_BROTLI) != 0 { codings.append("br") }
        if features & Int(CURL_VERSION_ZSTD) != 0 { codings.append("zstd") }
        return codings.joined(separator: ", ")
    }()
}
