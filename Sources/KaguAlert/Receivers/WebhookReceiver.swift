// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A receiver of type `webhook` (W1–W3): makes the request of an attempt and judges its outcome.
public struct WebhookReceiver: Receiver {
    /// Its unique name.
    public var name: String
    /// Where messages are posted; for most targets a credential.
    public var url: Secret
    /// The keys that sign, newest first; none: unsigned.
    public var keys: [SigningKey]
    /// The operator's further request headers.
    public var headers: [OutgoingHTTP.Header]
    /// The whole attempt's limit.
    public var timeout: Duration
    /// Replaces the envelope; nil: W2.
    public var template: MessageTemplate?
    /// The `User-Agent` of all requests: `kagu/VERSION`.
    public var userAgent: String

    /// A receiver. `headers` that kagu sets itself (`reserves`) are left out.
    public init(
        name: String, url: Secret, keys: [SigningKey] = [], headers: [OutgoingHTTP.Header] = [],
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

    /// `webhook`.
    public var kind: ReceiverKind { .webhook }
    /// The URL's host.
    public var displayHost: String { TargetAddress.host(of: url) }
    /// The URL and the operator's headers; keys sign and are never sent.
    public var secrets: [Secret] { [url] + headers.map(\.value) }

    /// The envelope of W2, or what the template makes of it (W3).
    public func body(_ message: AlertMessage) -> FrozenBody {
        let envelope = MessageBody(message).render(message.content, reason: message.reason)
        return FrozenBody(template?.render(envelope) ?? envelope)
    }

    /// The alert's id and frozen body, a new timestamp, and a new signature if there are keys (D4, W1).
    public func requests(_ alert: BoundAlert, at instant: Instant) -> [OutgoingRequest] {
        let own = Set(headers.map { $0.name.lowercased() })
        let id = alert.id.description
        var all: [OutgoingHTTP.Header] = [.init("content-type", Secret("application/json"))]
        if !own.contains("user-agent") { all.append(.init("user-agent", Secret(userAgent))) }
        all.append(.init(StandardWebhooks.idHeader, Secret(id)))
        all.append(.init(StandardWebhooks.timestampHeader, Secret(String(instant.seconds))))
        if isSigned {
            let signature = StandardWebhooks.signature(
                id: id, timestamp: instant.seconds, body: alert.body, keys: keys)
            all.append(.init(StandardWebhooks.signatureHeader, Secret(signature)))
        }
        return [.http(OutgoingHTTP(url: url, headers: all + headers, body: alert.body, timeout: timeout))]
    }

    /// By the status alone; a webhook's answer body does not count.
    public func judge(_ outcome: AttemptOutcome, of alert: BoundAlert, at now: Instant) -> Answer {
        Answer(outcome, isSigned: isSigned, at: now)
    }
}
