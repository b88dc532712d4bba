// SPDX-License-Identifier: Apache-2.0

/// Which keys each type of receiver takes (R1, D15).
extension ReceiverSettings.Kind {
    /// Every key of a receiver of this type, in the order of the reference.
    public var keys: [String] {
        var keys = ["name", "type", "url", "url_file"]
        for secret in secretKeys where secret != "url" {
            keys += secret == "secret" ? ["secret_file"] : [secret, "\(secret)_file"]
        }
        return keys + ["credential"] + optionKeys + (self == .email ? [] : ["headers"])
            + (self == .webhook ? ["template"] : []) + ["timeout", "allow_private"]
    }

    /// The keys that may come from a file or a credential.
    var secretKeys: [String] {
        switch self {
        case .webhook: ["url", "secret"]
        case .slack, .mattermost, .discord, .teams, .alertmanager: ["url"]
        case .ntfy, .matrix, .telegram: ["url", "token"]
        case .email: ["url", "password"]
        }
    }

    /// The keys that are kept as text.
    var optionKeys: [String] {
        switch self {
        case .webhook, .slack, .teams: []
        case .mattermost: ["channel", "username"]
        case .discord: ["thread_id"]
        case .ntfy: ["topic"]
        case .matrix: ["room"]
        case .telegram: ["chat_id", "thread_id"]
        case .alertmanager: ["active_for"]
        case .email: ["from", "to", "username", "tls"]
        }
    }

    /// The keys without which nothing can be sent, the URL apart.
    var requiredKeys: [String] {
        switch self {
        case .webhook, .slack, .mattermost, .discord, .teams, .alertmanager: []
        case .ntfy: ["topic"]
        case .matrix: ["room", "token"]
        case .telegram: ["chat_id", "token"]
        case .email: ["from", "to"]
        }
    }

    /// The schemes that its URL may have.
    var schemes: [String] { self == .email ? ["smtp", "smtps"] : ["https", "http"] }

    /// The URL where none is given; nil: it must be.
    var defaultURL: String? { self == .telegram ? "https://api.telegram.org" : nil }
}
