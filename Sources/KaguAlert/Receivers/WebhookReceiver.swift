// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A receiver of type `webhook` (W1–W3): makes the request of an attempt and judges its outcome.
public struct WebhookReceiver: Hashable, Sendable {
    /// Its unique name.
    public var name: String
    /// Where messages are posted; for most targets a credential.
    public var url: Secret
    /// The keys that sign, newest first; none: unsigned.
    public var keys: [SigningKey]
    /// The operator's further request headers.
    public var headers: [OutgoingRequest.Header]
    /// The whole attempt's limit.
    public var timeout: Duration
    /// Replaces the envelope; nil: W2.
    public var template: MessageTemplate?
    /// The `User-Agent` of all requests: `kagu/VERSION`.
    public var userAgent: String

    /// A receiver. `headers` that kagu sets itself (`reserves`) are left out.
    public init(
        name: String, url: Secret, keys: [SigningKey] = [], headers: [OutgoingRequest.Header] = [],
        timeout: Duration = .seconds(15), template: MessageTemplate? = nil, userAgent: String
    ) {
        self.name = name
        self.url = url
        self.keys = keys
        self.headers = headers.filter { !Self.reserves($0.name) }
        self.timeout = timeout
        self.template = template
        self.userAgent = userAgent
    }

    /// Whether kagu sets a header of this name itself, so that the operator may not (W1).
    public static func reserves(_ header: String) -> Bool {
        let name = header.lowercased()
        return name.hasPrefix("webhook-") || ["host", "content-length", "content-type"].contains(name)
    }

    /// Whether requests carry a signature.
    public var isSigned: Bool { !keys.isEmpty }

    /// The request of an attempt at `instant`: the alert's id and frozen body, a new timestamp, and a new
    /// signature if there are keys (D4, W1).
    public func request(id: AlertID, body: [UInt8], at instant: Instant) -> OutgoingRequest {
        let own = Set(headers.map { $0.name.lowercased() })
        var all: [OutgoingRequest.Header] = [.init("content-type", Secret("application/json"))]
        if !own.contains("user-agent") { all.append(.init("user-agent", Secret(userAgent))) }
        all.append(.init(StandardWebhooks.idHeader, Secret(id.description)))
        all.append(.init(StandardWebhooks.timestampHeader, Secret(String(instant.seconds))))
        if isSigned {
            let signature = StandardWebhooks.signature(
                id: id.description, timestamp: instant.seconds, body: body, keys: keys)
            all.append(.init(StandardWebhooks.signatureHeader, Secret(signature)))
        }
        return OutgoingRequest(method: "POST", url: url, headers: all + headers, body: body, timeout: timeout)
    }

    /// What an attempt's outcome at `now` means (D8, D9); a webhook's answer body does not count.
    public func judge(_ outcome: AttemptOutcome, at now: Instant) -> Answer {
        Answer(outcome, isSigned: isSigned, at: now)
    }
}
