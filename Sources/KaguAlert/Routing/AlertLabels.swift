// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The values that matchers look at (R2). `watch` and `entity` may hold several; an absent label holds `""`.
public struct AlertLabels: Hashable, Sendable {
    private var values: [LabelMatcher.Label: [String]]

    /// Labels with the given values; `type` is `hit` unless given.
    public init(_ values: [LabelMatcher.Label: [String]]) {
        self.values = values
        if self[.type] == [""] { self.values[.type] = ["hit"] }
    }

    /// The labels of a hit.
    public init(_ hit: Hit) {
        self.init([
            .watch: hit.watches, .entity: hit.entities, .severity: [hit.severity.rawValue], .feed: [hit.feed.id],
            .class: [hit.feed.sourceClass.rawValue], .lang: [hit.lang], .country: [hit.feed.country ?? ""],
            .type: ["hit"],
        ])
    }

    /// The values of a label; never empty.
    public subscript(label: LabelMatcher.Label) -> [String] {
        guard let found = values[label], !found.isEmpty else { return [""] }
        return found
    }
}
