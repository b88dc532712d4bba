// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads of a receiver's URL what may be shown of it (D15).
enum TargetAddress {
    /// The host without user info, port, path and query; `?` where there is none.
    static func host(of url: Secret) -> String {
        let text = url.revealed
        guard let scheme = text.firstRange(of: "://") else { return "?" }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        let host = place.hasPrefix("[") ? place.prefix { $0 != "]" } + "]" : place.prefix { $0 != ":" }
        return host.isEmpty ? "?" : String(host)
    }
}
