// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A request that an attempt sends, for the HTTP client to make (D13). Redirects are never followed.
public struct OutgoingRequest: Hashable, Sendable {
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

    /// The method, upper case.
    public var method: String
    /// The whole address.
    public var url: Secret
    /// In the order in which they are sent.
    public var headers: [Header]
    /// The body's bytes.
    public var body: [UInt8]
    /// The whole attempt's limit.
    public var timeout: Duration

    /// A request.
    public init(method: String, url: Secret, headers: [Header], body: [UInt8], timeout: Duration) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
