// SPDX-License-Identifier: Apache-2.0

/// Numbers with their nouns.
enum Plural {
    /// `1 feed`, `2 feeds`; `plural` where an s does not do.
    static func text(_ number: Int, _ singular: String, plural: String? = nil) -> String {
        "\(number) \(number == 1 ? singular : plural ?? singular + "s")"
    }
}
