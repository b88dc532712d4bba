// SPDX-License-Identifier: Apache-2.0

/// Addresses as they may be shown to who operates kagu: user name and password left out (house rule 13).
public enum ShownAddress {
    /// `https://user:word@host/path` becomes `https://host/path`.
    public static func text(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound] + rest[rest.index(after: at)...])
    }
}
