// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The silences in force, ready to be asked about many hits (R11).
public struct ActiveSilences: Hashable, Sendable {
    private let silences: [(id: String, matchers: [CompiledMatcher])]

    /// Silences whose expressions were accepted when they were made; one without matchers covers nothing.
    public init(_ silences: [Silence]) {
        self.silences = silences.filter { !$0.matchers.isEmpty }
            .map { (id: $0.id, matchers: $0.matchers.map(CompiledMatcher.init)) }
    }

    /// Whether none is in force.
    public var isEmpty: Bool { silences.isEmpty }

    /// The id of the first silence that covers what has these labels: all its matchers hold; nil where none does.
    public func silence(covering labels: AlertLabels) -> Silence.ID? {
        silences.first { $0.matchers.allSatisfy { $0.holds(for: labels) } }?.id
    }

    /// How a delivery's reason names the silence that ended it: `silence:sil_…` (R11).
    public static func reason(_ id: Silence.ID) -> String { "silence:\(id)" }

    /// The silence that a reason names; nil where it names none.
    public static func id(ofReason reason: String) -> Silence.ID? {
        guard reason.hasPrefix("silence:") else { return nil }
        return String(reason.dropFirst("silence:".count).prefix { $0 != " " && $0 != "," && $0 != ";" })
    }

    /// Equal where they name the same silences with the same matchers.
    public static func == (left: Self, right: Self) -> Bool {
        left.silences.elementsEqual(right.silences) { $0.id == $1.id && $0.matchers == $1.matchers }
    }

    /// Hashes the ids.
    public func hash(into hasher: inout Hasher) {
        for silence in silences { hasher.combine(silence.id) }
    }
}

extension LabelMatcher {
    /// Whether it holds for what has these labels (R2); for one question, a tree of routes keeps its matchers compiled.
    public func holds(for labels: AlertLabels) -> Bool { CompiledMatcher(self).holds(for: labels) }
}
