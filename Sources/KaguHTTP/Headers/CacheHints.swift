// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// How long an answer calls itself fresh (P17): `Cache-Control: max-age`, else `Expires` − `Date`, minus `Age`.
///
/// The hint only lengthens an interval: zero, `no-cache`, `no-store` and past dates say nothing (P11).
public enum CacheHints {
    /// The longest hint that counts (P17).
    public static let longest = Duration.seconds(86_400)

    /// The remaining freshness, at most 24 h; nil where there is none. `now` stands in for an absent `Date`.
    public static func freshness(of headers: HTTPHeaders, now: Instant) -> Duration? {
        let directives = headers.values("Cache-Control").flatMap { $0.split(separator: ",") }
            .map { String($0).trimmingBlanks().lowercased() }
        guard !directives.contains(where: { $0.hasPrefix("no-cache") || $0 == "no-store" }) else { return nil }
        guard let lifetime = maximumAge(directives) ?? expiry(headers, now: now) else { return nil }
        let age = headers["Age"].flatMap { seconds($0.trimmingBlanks()) } ?? 0
        let remaining = lifetime - age
        return remaining > 0 ? min(.seconds(remaining), longest) : nil
    }

    private static func maximumAge(_ directives: [String]) -> Int64? {
        for directive in directives where directive.hasPrefix("max-age=") {
            var value = directive.dropFirst("max-age=".count)
            if value.hasPrefix("\""), value.hasSuffix("\""), value.count > 1 {
                value = value.dropFirst().dropLast()
            }
            return seconds(String(value)) ?? 0
        }
        return nil
    }

    /// Seconds from `Date` to `Expires`; an unreadable `Expires` (`0`, `-1`) means expired (RFC 9111 §5.3).
    private static func expiry(_ headers: HTTPHeaders, now: Instant) -> Int64? {
        guard let text = headers["Expires"] else { return nil }
        guard let expires = HTTPDate.instant(text, now: now) else { return 0 }
        let date = headers["Date"].flatMap { HTTPDate.instant($0, now: now) } ?? now
        return expires.seconds - date.seconds
    }

    private static func seconds(_ text: String) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return min(Int64(text) ?? Int64(Int32.max), Int64(Int32.max))
    }
}
