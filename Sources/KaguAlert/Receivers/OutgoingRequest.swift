// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What an attempt sends, for the clients of KaguHTTP to carry out (D13).
public enum OutgoingRequest: Hashable, Sendable {
    /// A request whose redirects are never followed.
    case http(OutgoingHTTP)
    /// A message for a mail server.
    case mail(OutgoingMail)
}

/// An HTTP request of an attempt.
public struct OutgoingHTTP: Hashable, Sendable {
    /// A request header; its value may be a token, so it does not print.
    public struct Header: Hashable, Sendable {
        /// The field name.
        public var name: String
        /// The field value.
        public var value: Secret

        /// A header.
        public init(_ name: String, _ value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// The methods that targets ask for.
    public enum Method: String, Hashable, Sendable {
        /// As they are sent.
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
    }

    /// The method.
    public var method: Method
    /// The whole address.
    public var url: Secret
    /// In the order in which they are sent.
    public var headers: [Header]
    /// The body's bytes.
    public var body: [UInt8]
    /// The whole attempt's limit.
    public var timeout: Duration

    /// A request.
    public init(_ method: Method = .post, url: Secret, headers: [Header], body: [UInt8], timeout: Duration) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// A mail of an attempt.
public struct OutgoingMail: Hashable, Sendable {
    /// `smtp://host:port` or `smtps://host:port`.
    public var url: Secret
    /// Whether the connection must be encrypted before anything is said (W13).
    public var requiresTLS: Bool
    /// The account, where the server wants one.
    public var username: String?
    /// Its password.
    public var password: Secret?
    /// The envelope's sender, an address alone.
    public var sender: String
    /// The envelope's recipients, addresses alone.
    public var recipients: [String]
    /// The RFC 5322 message with CRLF line ends.
    public var message: [UInt8]
    /// The whole attempt's limit.
    public var timeout: Duration

    /// A mail.
    public init(
        url: Secret, requiresTLS: Bool = true, username: String? = nil, password: Secret? = nil, sender: String,
        recipients: [String], message: [UInt8], timeout: Duration
    ) {
        self.url = url
        self.requiresTLS = requiresTLS
        self.username = username
        self.password = password
        self.sender = sender
        self.recipients = recipients
        self.message = message
        self.timeout = timeout
    }
}
