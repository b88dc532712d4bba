// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc

/// The root certificates that servers are verified against (P1): the system's, and those of `http.ca_file` beside
/// them.
struct TLSRoots {
    /// `http.ca_file`; nil: the system's roots alone.
    let certificateFile: String?

    /// Sets the roots of a `CURL*`.
    ///
    /// libcurl parses a bundle once for all handles of a multi handle, but only where no directory of roots is set
    /// (7.87), hence no directory without a file of ours. With one, that small file is parsed for each
    /// connection, and the system's roots come from their directory, by hash, one by one.
    func apply(to handle: UnsafeMutableRawPointer) {
        guard let certificateFile else {
            if kagu_easy_get_string(handle, CURLINFO_CAINFO) != nil {
                _ = kagu_easy_set_string(handle, CURLOPT_CAPATH, nil)
            }
            return
        }
        if kagu_easy_get_string(handle, CURLINFO_CAPATH) == nil, let bundle = systemBundle(of: handle),
            let ours = contents(of: certificateFile)
        {
            // A libcurl that was built without a directory: both bundles in one.
            var bytes = bundle + [0x0A] + ours
            bytes.withUnsafeMutableBytes { bytes in
                var blob = curl_blob(data: bytes.baseAddress, len: bytes.count, flags: UInt32(CURL_BLOB_COPY))
                _ = kagu_easy_set_blob(handle, CURLOPT_CAINFO_BLOB, &blob)
            }
            return
        }
        _ = kagu_easy_set_string(handle, CURLOPT_CAINFO, certificateFile)
    }

    private func systemBundle(of handle: UnsafeMutableRawPointer) -> [UInt8]? {
        kagu_easy_get_string(handle, CURLINFO_CAINFO).flatMap { contents(of: String(cString: $0)) }
    }

    private func contents(of path: String) -> [UInt8]? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < Self.maximumBytes {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
        return nil
    }

    /// A bundle that is larger is none.
    private static let maximumBytes = 16 << 20
}
