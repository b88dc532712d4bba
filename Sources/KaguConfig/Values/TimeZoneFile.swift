// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The files of this machine's time zones, below /usr/share/zoneinfo.
public enum TimeZoneFile {
    /// No zone's file is longer.
    private static let maximumBytes = 262_144

    /// The bytes of a zone's file (RFC 8536); nil where this machine has none of that name.
    public static func bytes(of name: String) -> [UInt8]? {
        guard let path = TimeZoneNames.path(of: name), let file = fopen(path, "rbe") else { return nil }
        defer { fclose(file) }
        let limit = maximumBytes + 1
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = fread(buffer.baseAddress, 1, limit, file)
        }
        return bytes.count < limit ? bytes : nil
    }
}
