// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What all receivers have that are reached over HTTP.
public struct HTTPTarget: Hashable, Sendable {
    /// The receiver's unique name.
    public var name: String
    /// The webhook's whole address, or the server's base (R1).
    public var url: Secret
    /// Bearer or bot token, of types that have one.
    public var token: Secret?
    /// The operator's further request headers.
    public var headers: [OutgoingHTTP.Header]
    /// The whole attempt's limit.
    public var timeout: Duration
    /// The `User-Agent` of all requests: `kagu/VERSION`.
    public var userAgent: String

    /// A target.
    public init(
        name: String, url: Secret, token: Secret? = nil, headers: [OutgoingHTTP.Header] = [],
        timeout: Duration = .seconds(15), userAgent: String
    ) {
        self.name = name
        self.url = url
        self.token = token
        self.headers = headers.filter { !WebhookReceiver.reserves($0.name) }
        self.timeout = timeout
        self.userAgent = userAgent
    }

    /// The URL's host (D15).
    var host: String { TargetAddress.host(of: url) }

    /// What must not be shown.
    var secrets: [Secret] { [token].compactMap { $0 } + headers.map(\.value) + [url] }

    /// The URL without a slash at its end.
    var base: String {
        var text = url.revealed
        while text.hasSuffix("/") { text.removeLast() }
        return text
    }

    /// A request with a JSON body; to the URL as it is unless `url` says otherwise.
    func request(
        _ method: OutgoingHTTP.Method = .post, url: String? = nil, hasBearer: Bool = false, body: [UInt8]
    ) -> OutgoingRequest {
        let own = Set(headers.map { $0.name.lowercased() })
        var all: [OutgoingHTTP.Header] = [.init("content-type", Secret("application/json"))]
        if !own.contains("user-agent") { all.append(.init("user-agent", Secret(userAgent))) }
        if hasBearer, let token, !own.contains("authorization") {
            all.append(.init("authorization", Secret("Bearer \(token.revealed)")))
        }
        return .http(
            OutgoingHTTP(
                method, url: url.map { Secret($0) } ?? self.url, headers: all + headers, body: body,
                timeout: timeout))
    }
}
