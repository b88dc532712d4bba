// SPDX-License-Identifier: Apache-2.0

/// A node of a webhook template (W3).
public indirect enum TemplateNode: Hashable, Sendable {
    /// Scalars as YAML types them; strings may hold `${path}` placeholders.
    case string(String), number(Double), bool(Bool), null
    /// Lists and maps in document order.
    case list([TemplateNode]), map([TemplatePair])
}

/// A member of a template's map.
public struct TemplatePair: Hashable, Sendable {
    /// The member's name.
    public var key: String
    /// Its value.
    public var value: TemplateNode

    /// A member.
    public init(key: String, value: TemplateNode) {
        self.key = key
        self.value = value
    }
}
