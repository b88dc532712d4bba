// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads `alerts.receivers` (R1).
struct ReceiverReader {
    private enum TLSMode: String, CaseIterable {
        case none, starttls
    }

    /// What may be a credential when it stands in place.
    private static let concealedKeys = ["url", "secret", "token", "password", "headers"]

    let credentials: Credentials
    let policy: ConfigLoader.SecretPolicy

    /// The usable receivers, and the names of all, so that a route to a broken one is no second error.
    func receivers(_ cursor: YAMLCursor) -> (receivers: [ReceiverSettings], names: [String]) {
        var receivers: [ReceiverSettings] = []
        var places: [String: SourceLocation] = [:]
        var names: [String] = []
        for item in cursor.items() ?? [] {
            if let name = name(item, taken: places) {
                places[name] = item.location
                names.append(name)
            }
            if let receiver = receiver(item) { receivers.append(receiver) }
        }
        return (receivers, names)
    }

    private func name(_ item: YAMLCursor, taken: [String: SourceLocation]) -> String? {
        guard let members = item.members(), let cursor = members.first(where: { $0.key == "name" })?.value,
            !cursor.node.isEmpty, let name = cursor.nonEmptyText()
        else { return nil }
        if name == "none" { cursor.fail(.receiverNamedNone) }
        if let place = taken[name] { cursor.fail(.duplicateReceiver(name, place)) }
        return name
    }

    private func receiver(_ item: YAMLCursor) -> ReceiverSettings? {
        guard case .map(let members) = item.node.content else { return nil }
        for member in members where Self.concealedKeys.contains(member.key) { item.file.conceal(member.value) }
        guard let kind = kind(item, members) else { return nil }
        reportForeignKeys(item, members, kind)
        // `secret` in place has an explanation of its own.
        let fields = YAMLFields(cursor: item, members: members)
        let secrets = SecretReader(fields: fields, credentials: credentials, policy: policy)
        for key in kind.requiredKeys where fields[key] == nil && !secrets.isGiven(key) {
            item.fail(kind.secretKeys.contains(key) ? .missingSecret(key) : .missingKey(key))
        }
        var receiver = ReceiverSettings(
            name: fields.required("name")?.node.scalar.trimmed ?? "", kind: kind,
            url: url(kind, secrets, item) ?? Secret(""), location: item.location)
        if kind == .webhook {
            receiver.signingKeys = secrets.signingKeys()
            if !secrets.isGiven("secret") { item.warn(.unsigned) }
            receiver.template = fields["template"].map { TemplateReader.template($0.node) }
        }
        if kind.secretKeys.contains("token") { receiver.token = secrets.value("token")?.secret }
        if kind.secretKeys.contains("password") { receiver.password = secrets.value("password")?.secret }
        receiver.headers = fields["headers"].map { headers($0) } ?? []
        receiver.timeout = fields["timeout"]?.duration(in: .seconds(1)...(.seconds(60))) ?? receiver.timeout
        receiver.allowPrivate = fields["allow_private"]?.addressRules() ?? []
        for key in kind.optionKeys { receiver.options[key] = fields[key].flatMap { option(key, $0) } }
        if let to = fields["to"], kind == .email { receiver.recipients = recipients(to) }
        if kind == .email, let tls = fields["tls"] { checkEncryption(tls, of: receiver) }
        if let duration = fields["active_for"], kind == .alertmanager {
            receiver.activeFor = duration.duration(in: .seconds(60)...(.seconds(7 * 86_400))) ?? receiver.activeFor
            receiver.options["active_for"] = DurationText.format(receiver.activeFor)
        }
        return receiver
    }

    private func kind(_ item: YAMLCursor, _ members: [YAMLNode.Member]) -> ReceiverSettings.Kind? {
        YAMLFields(cursor: item, members: members).required("type")?.choice()
    }

    private func reportForeignKeys(
        _ item: YAMLCursor, _ members: [YAMLNode.Member], _ kind: ReceiverSettings.Kind
    ) {
        for member in members where !kind.keys.contains(member.key) {
            if member.key == "secret", kind == .webhook { continue }
            item.file.report(
                .keyOfOtherType(member.key, type: kind.rawValue, known: kind.keys), path: item.path,
                line: member.line, column: member.column)
        }
        let credential = members.first { $0.key == "credential" }.map {
            YAMLCursor(node: $0.value, path: "\(item.path).credential", file: item.file)
        }
        _ = credential?.fields(kind.secretKeys)
    }

    private func url(_ kind: ReceiverSettings.Kind, _ secrets: SecretReader, _ item: YAMLCursor) -> Secret? {
        guard secrets.isGiven("url") else {
            if let standard = kind.defaultURL { return Secret(standard) }
            item.fail(.missingSecret("url"))
            return nil
        }
        guard let (secret, place) = secrets.value("url") else { return nil }
        let isUnread = secret.revealed.isEmpty && policy == .reported
        guard isUnread || WebAddress(secret.revealed).map({ kind.schemes.contains($0.scheme) }) ?? false else {
            place.fail(.noReceiverURL(schemes: kind.schemes))
            return nil
        }
        return secret
    }

    /// Headers with their credentials read, for a receiver has no other moment to read them.
    private func headers(_ cursor: YAMLCursor) -> [HeaderField] {
        HeaderReader.receiverHeaders(cursor).map { field in
            guard case .credential(let name) = field.value else { return field }
            guard let secret = credentials.secret(named: name) else {
                let fault = credentials.fault(name)
                if policy == .required { cursor.fail(fault) } else { cursor.warn(fault) }
                return field
            }
            return HeaderField(name: field.name, value: .text(secret))
        }
    }

    private func option(_ key: String, _ cursor: YAMLCursor) -> String? {
        if key == "tls" { return cursor.choice(TLSMode.self)?.rawValue }
        // These two are read whole, as what they are.
        guard key != "to", key != "active_for", let text = cursor.nonEmptyText() else { return nil }
        switch key {
        case "topic":
            let isTopic = (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isTopicByte)
            if !isTopic { cursor.fail(.noTopic(text)) }
        case "room":
            if !text.hasPrefix("!") || text.count < 2 { cursor.fail(.noRoom(text)) }
        case "chat_id":
            if Int64(text) == nil, !text.hasPrefix("@") || text.count < 2 { cursor.fail(.noChat(text)) }
        case "thread_id":
            if text.isEmpty || !text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                cursor.fail(.noThread(text))
            }
        case "from":
            if !Self.isMailAddress(text) { cursor.fail(.noMailAddress(text)) }
        default: break
        }
        return text
    }

    private func recipients(_ cursor: YAMLCursor) -> [String] {
        var addresses: [String] = []
        if case .list = cursor.node.content {
            addresses = cursor.texts()
        } else if let text = cursor.nonEmptyText() {
            addresses = [text]
        }
        for address in addresses where !Self.isMailAddress(address) { cursor.fail(.noMailAddress(address)) }
        return addresses
    }

    /// `tls: none` says nothing true of `smtps`, and sends a password in the clear over `smtp`.
    private func checkEncryption(_ cursor: YAMLCursor, of receiver: ReceiverSettings) {
        guard receiver.options["tls"] == TLSMode.none.rawValue else { return }
        if receiver.url.revealed.lowercased().hasPrefix("smtps:") { return cursor.fail(.tlsNoneWithSmtps) }
        if receiver.password != nil { cursor.warn(.passwordInTheClear) }
    }

    /// An address alone, as the envelope of a mail has it: one `@`, no white space, brackets or controls.
    private static func isMailAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !"<>(),;:\"[]\\".unicodeScalars.contains($0)
            }
    }

    private static func isTopicByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
    }
}
