// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguHTTP
import KaguModel

extension Wiring {
    /// The receivers of a configuration by name, each with the addresses that it may be reached at (D14); throws the
    /// problems of keys and headers.
    static func receivers(
        _ config: Config, _ credentials: Credentials
    ) throws(ConfigFailure) -> [String: CourierReceiver] {
        var receivers: [String: CourierReceiver] = [:]
        var problems: [ConfigProblem] = []
        let userAgent = Kagu.userAgent(contact: config.http.contact)
        for settings in config.alerts.receivers {
            let headers = settings.headers.compactMap { field -> OutgoingHTTP.Header? in
                guard let secret = field.resolved(credentials) else {
                    problems.append(field.missing(in: "receiver \(settings.name)", at: settings.location))
                    return nil
                }
                return .init(field.name, secret)
            }
            var keys: [SigningKey] = []
            for key in settings.signingKeys {
                do {
                    keys.append(try SigningKey(key))
                } catch {
                    problems.append(ConfigProblem("receiver \(settings.name): \(error)", at: settings.location))
                }
            }
            let target = HTTPTarget(
                name: settings.name, url: settings.url, token: settings.token, headers: headers,
                timeout: settings.timeout, userAgent: userAgent)
            receivers[settings.name] = CourierReceiver(
                receiver: receiver(settings, target, keys),
                addressGuard: AddressGuard(
                    allowing: settings.allowPrivate.map(AllowedAddress.init(rule:)), blocksOpen: .privateSpace))
        }
        guard problems.isEmpty else { throw ConfigFailure(problems) }
        return receivers
    }

    /// The receiver of a type; required keys were seen to when the configuration was read.
    private static func receiver(
        _ settings: ReceiverSettings, _ target: HTTPTarget, _ keys: [SigningKey]
    ) -> any Receiver {
        func option(_ key: String) -> String { settings.options[key] ?? "" }
        switch settings.kind {
        case .webhook:
            return WebhookReceiver(
                name: target.name, url: target.url, keys: keys, headers: target.headers, timeout: target.timeout,
                template: settings.template.map { MessageTemplate(.init($0)) }, userAgent: target.userAgent)
        case .slack: return SlackReceiver(target)
        case .mattermost:
            return MattermostReceiver(
                target, channel: settings.options["channel"], username: settings.options["username"])
        case .discord: return DiscordReceiver(target, threadID: settings.options["thread_id"])
        case .teams: return TeamsReceiver(target)
        case .ntfy: return NtfyReceiver(target, topic: option("topic"))
        case .matrix: return MatrixReceiver(target, room: option("room"))
        case .telegram:
            return TelegramReceiver(target, chat: option("chat_id"), threadID: settings.options["thread_id"])
        case .alertmanager:
            return AlertmanagerReceiver(target, activeFor: settings.activeFor)
        case .email:
            return EmailReceiver(
                name: target.name, url: target.url, requiresTLS: option("tls") != "none", from: option("from"),
                to: settings.recipients, username: settings.options["username"], password: settings.password,
                timeout: target.timeout)
        }
    }
}

extension MessageTemplate.Node {
    /// A template as the configuration has parsed it.
    fileprivate init(_ node: TemplateNode) {
        switch node {
        case .string(let text): self = .string(text)
        case .number(let number): self = .number(number)
        case .bool(let bool): self = .bool(bool)
        case .null: self = .null
        case .list(let nodes): self = .list(nodes.map(Self.init))
        case .map(let pairs): self = .map(pairs.map { .init(key: $0.key, value: Self($0.value)) })
        }
    }
}
