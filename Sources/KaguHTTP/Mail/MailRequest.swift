// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// One mail for a server that takes it from us (W13).
public struct MailRequest: Sendable {
    /// `smtp://host[:port]` or `smtps://host[:port]`.
    public var url: String
    /// Whether an `smtp` connection must be encrypted with STARTTLS before anything is said.
    public var requiresTLS: Bool
    /// The account; nil: none.
    public var username: String?
    /// Its password.
    public var password: Secret?
    /// The envelope's sender.
    public var sender: String
    /// The envelope's recipients.
    public var recipients: [String]
    /// The message with CRLF line ends; dots are stuffed on the way.
    public var message: [UInt8]
    /// The whole attempt.
    public var total: Duration
    /// Name lookup and connection; looked at once a second.
    public var connect: Duration
    /// Which addresses may be connected to (D14).
    public var addressGuard: AddressGuard

    /// A mail; within the limits of a delivery (D13) and to public addresses only, unless said otherwise.
    public init(
        url: String, requiresTLS: Bool = true, username: String? = nil, password: Secret? = nil, sender: String,
        recipients: [String], message: [UInt8], total: Duration = HTTPLimits.delivery.total,
        connect: Duration = HTTPLimits.delivery.connect, addressGuard: AddressGuard = .publicOnly
    ) {
        self.url = url
        self.requiresTLS = requiresTLS
        self.username = username
        self.password = password
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.total = total
        self.connect = connect
        self.addressGuard = addressGuard
    }
}

/// How a mail ended.
public enum MailOutcome: Sendable {
    /// The server had the last word: its reply code (RFC 5321 §4.2), that reply's text, and how many of the
    /// recipients it refused where it took the message for others.
    case reply(code: Int, text: String, refused: Int)
    /// The server does not offer the encryption that is required.
    case encryptionRefused
    /// It had not: no connection, no time, no certificate.
    case failure(HTTPFailure)
}
