// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Mail to one or more addresses over SMTP (W13): plain text; updates of a story stand in its thread.
public struct EmailReceiver: Receiver {
    /// Bytes of the whole message (W15).
    static let maximumMessage = 256 << 10

    /// The configured name.
    public var name: String
    /// `smtp://host:port` or `smtps://host:port`.
    public var url: Secret
    /// Whether STARTTLS is required; `smtps` is encrypted from the start anyway.
    public var requiresTLS: Bool
    /// The sender's address.
    public var from: String
    /// The recipients' addresses, at least one.
    public var to: [String]
    /// The account, where the server wants one.
    public var username: String?
    /// Its password.
    public var password: Secret?
    /// The whole attempt's limit.
    public var timeout: Duration

    /// A receiver.
    public init(
        name: String, url: Secret, requiresTLS: Bool = true, from: String, to: [String], username: String? = nil,
        password: Secret? = nil, timeout: Duration = .seconds(15)
    ) {
        self.name = name
        self.url = url
        self.requiresTLS = requiresTLS
        self.from = from
        self.to = to
        self.username = username
        self.password = password
        self.timeout = timeout
    }

    /// `email`.
    public var kind: ReceiverKind { .email }
    /// The mail server's host.
    public var displayHost: String { TargetAddress.host(of: url) }
    /// The password, and the URL, which may hold one.
    public var secrets: [Secret] { [password].compactMap { $0 } + [url] }

    /// The RFC 5322 message; a digest's stories follow the totals.
    public func body(_ message: AlertMessage) -> FrozenBody {
        freeze(message) { text, count in
            let mail = MailMessage(message, text, entries: count, from: from, to: to)
            return mail.bytes.count <= Self.maximumMessage ? mail.bytes : nil
        }
    }

    /// One mail.
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        [
            .mail(
                OutgoingMail(
                    url: url, requiresTLS: requiresTLS, username: username, password: password,
                    sender: MailMessage.headerText(from), recipients: to.map(MailMessage.headerText),
                    message: alert.body, timeout: timeout))
        ]
    }

    /// 4yz is transient, 5yz config-suspect; some refused recipients are a success with a warning.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        Answer(outcome, isSigned: false, at: now)
    }
}
