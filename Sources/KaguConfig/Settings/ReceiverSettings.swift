// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One receiver (R1, D15). Secrets have been read from their files and credentials.
public struct ReceiverSettings: Hashable, Sendable {
    /// The targets that kagu knows.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The receiver types of W1–W13.
        case webhook, slack, mattermost, discord, teams, ntfy, matrix, telegram, alertmanager, email
    }

    /// Unique.
    public var name: String
    /// Its type.
    public var kind: Kind
    /// Its address; a credential for most targets.
    public var url: Secret
    /// Signing keys (`whsec_…`), newest first; empty: unsigned.
    public var signingKeys: [Secret]
    /// Bearer or bot token.
    public var token: Secret?
    /// Password of the mail account.
    public var password: Secret?
    /// Further request headers.
    public var headers: [HeaderField]
    /// The whole attempt's limit.
    public var timeout: Duration
    /// Private addresses that this receiver may be reached at.
    public var allowPrivate: [AddressRule]
    /// The other keys of its type (`topic`, `room`, `channel`, `chat_id`, …) as text.
    public var options: [String: String]
    /// Email: the recipients' addresses.
    public var recipients: [String] = []
    /// Alertmanager: how long an alert lasts after it was bound (W12).
    public var activeFor: Duration = .seconds(3600)
    /// The webhook body's template as written; nil: the envelope of W2.
    public var template: TemplateNode?
    /// Where it is defined.
    public var location: SourceLocation

    /// A receiver with the keys that every type has.
    public init(
        name: String, kind: Kind, url: Secret, signingKeys: [Secret] = [], token: Secret? = nil,
        password: Secret? = nil, headers: [HeaderField] = [], timeout: Duration = .seconds(15),
        allowPrivate: [AddressRule] = [], options: [String: String] = [:], template: TemplateNode? = nil,
        location: SourceLocation
    ) {
        self.name = name
        self.kind = kind
        self.url = url
        self.signingKeys = signingKeys
        self.token = token
        self.password = password
        self.headers = headers
        self.timeout = timeout
        self.allowPrivate = allowPrivate
        self.options = options
        self.template = template
        self.location = location
    }
}
