// SPDX-License-Identifier: Apache-2.0

/// What this build calls itself, in `--version`, `User-Agent` and logs.
public enum Kagu {
    /// Semantic version.
    public static let version = "0.1.0"
    /// The constant User-Agent of all requests (P4); `contact` is left out while it is not configured.
    public static func userAgent(contact: String) -> String {
        contact.isEmpty ? "kagu/\(version)" : "kagu/\(version) (+\(contact))"
    }
}
