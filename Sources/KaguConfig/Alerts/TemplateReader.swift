// SPDX-License-Identifier: Apache-2.0

/// Turns the YAML of a webhook template into the values that its JSON will have (W3).
enum TemplateReader {
    /// Plain scalars are typed as YAML's core schema types them: `null`, `~`, nothing, `true`, `false`, decimal
    /// numbers. Whole numbers that a Double cannot hold exactly stay text. Quoted ones are text.
    static func template(_ node: YAMLNode) -> TemplateNode {
        switch node.content {
        case .list(let items): .list(items.map(template))
        case .map(let members):
            .map(members.map { TemplatePair(key: $0.key, value: template($0.value)) })
        case .text(let text, isPlain: false): .string(text)
        case .text(let text, isPlain: true): plain(text)
        }
    }

    private static func plain(_ text: String) -> TemplateNode {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default:
            let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
            guard isDecimal, text.contains(where: \.isNumber), let number = Double(text), number.isFinite
            else { return .string(text) }
            if let whole = Int(text), Int(exactly: number) != whole { return .string(text) }
            return .number(number)
        }
    }
}
