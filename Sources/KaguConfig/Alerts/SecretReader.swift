// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguModel

/// Reads the secrets of one receiver in their three forms: in place, `<key>_file`, `credential: {<key>: NAME}`
/// (D15).
struct SecretReader {
    /// The most keys that a signing secret may hold.
    static let maximumKeys = 10

    let fields: YAMLFields
    let credentials: Credentials
    let policy: ConfigLoader.SecretPolicy

    /// Whether the receiver gives `key` in any form.
    func isGiven(_ key: String) -> Bool { !forms(of: key).isEmpty }

    /// The value of `key`; nil when it is absent, or unusable and reported. Under `.reported` an unreadable one
    /// is empty.
    func value(_ key: String) -> (secret: Secret, place: YAMLCursor)? {
        guard let form = onlyForm(of: key), let lines = lines(form) else { return nil }
        return (Secret(lines.first ?? ""), form.cursor)
    }

    /// The signing keys, newest first; empty when absent, or unusable and reported.
    func signingKeys() -> [Secret] {
        if let inline = fields["secret"] {
            inline.fail(.inlineSecret)
            return []
        }
        guard let form = onlyForm(of: "secret"), let lines = lines(form) else { return [] }
        if lines.count > Self.maximumKeys { form.cursor.fail(.tooManyKeys(form.description)) }
        for (index, line) in lines.enumerated() where !Self.isSigningKey(line) {
            form.cursor.fail(.noSigningKey(line: index + 1))
        }
        return lines.map { Secret($0) }
    }

    /// `whsec_` and the base64 of 24 to 64 bytes (W1).
    static func isSigningKey(_ text: String) -> Bool {
        guard text.hasPrefix("whsec_"), let bytes = Base64.decode(String(text.dropFirst("whsec_".count)))
        else { return false }
        return (24...64).contains(bytes.count)
    }

    // MARK: Forms

    private enum Form {
        case inline(YAMLCursor)
        case file(YAMLCursor)
        case credential(YAMLCursor)

        var cursor: YAMLCursor {
            switch self {
            case .inline(let cursor), .file(let cursor), .credential(let cursor): cursor
            }
        }

        var description: String {
            switch self {
            case .inline: "the value"
            case .file(let cursor): cursor.node.scalar
            case .credential(let cursor): "credential \(cursor.node.scalar)"
            }
        }
    }

    private func forms(of key: String) -> [(name: String, form: Form)] {
        var forms: [(String, Form)] = []
        if let inline = fields[key] { forms.append((key, .inline(inline))) }
        if let file = fields["\(key)_file"] { forms.append(("\(key)_file", .file(file))) }
        if let members = fields["credential"]?.members(), let member = members.first(where: { $0.key == key }) {
            forms.append(("credential", .credential(member.value)))
        }
        return forms
    }

    private func onlyForm(of key: String) -> Form? {
        let forms = forms(of: key)
        guard forms.count > 1 else { return forms.first?.form }
        forms[1].form.cursor.fail(.severalForms(key, forms.map(\.name)))
        return nil
    }

    private func lines(_ form: Form) -> [String]? {
        guard let text = form.cursor.nonEmptyText() else { return nil }
        switch form {
        case .inline: return [text]
        case .file(let cursor):
            return lines(ofFile: FilePath.resolve(text, below: FilePath.directory(of: cursor.file.name)), cursor)
        case .credential(let cursor):
            guard let lines = credentials.lines(of: text) else {
                return refuse(credentials.fault(text), cursor)
            }
            return lines.isEmpty ? refuse(.secretEmpty(form.description), cursor) : lines
        }
    }

    private func lines(ofFile path: String, _ cursor: YAMLCursor) -> [String]? {
        do {
            let content = try FileReader.read(path, limit: .kibibytes(64))
            guard !content.isWorldReadable else { return refuse(.secretWorldReadable(path), cursor) }
            let lines = Credentials.lines(in: content.bytes)
            return lines.isEmpty ? refuse(.secretEmpty(path), cursor) : lines
        } catch {
            switch error {
            case .missing: return refuse(.secretUnreadable(path, reason: "no such file"), cursor)
            case .refused(let reason): return refuse(.secretUnreadable(path, reason: reason), cursor)
            case .tooLarge(let limit):
                return refuse(.secretUnreadable(path, reason: "it is larger than \(limit)"), cursor)
            }
        }
    }

    /// Reports what the policy says; under `.reported` the secret is there, but empty.
    private func refuse(_ fault: ConfigFault, _ cursor: YAMLCursor) -> [String]? {
        switch policy {
        case .required:
            cursor.fail(fault)
            return nil
        case .reported:
            cursor.warn(fault)
            return []
        }
    }
}
