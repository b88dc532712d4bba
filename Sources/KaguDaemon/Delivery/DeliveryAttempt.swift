// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguModel
import KaguStore

/// One try at sending an alert: signs it anew, sends the frozen body, judges the answer (D4, D7–D9). Stores nothing.
struct DeliveryAttempt: Sendable {
    let alert: AlertRecord
    let id: AlertID
    /// The target's id of the message whose place it takes (D16); nil: a new message.
    var editing: String?
    let receiver: CourierReceiver
    let time: TimeSource

    /// What came of an attempt.
    struct Result: Sendable {
        let record: AttemptRecord
        let verdict: AlertVerdict
        /// Before that, no alert of the receiver is tried (D8).
        let receiverHeldUntil: Instant?
        /// What the target answered, judged: its class for the breaker, a warning for the log.
        let answer: Answer
        /// Whether the message to be edited was gone, so that the alert was posted anew (D16).
        var isPostedAnew = false
    }

    /// Bytes of an answer that are kept for `kagu alerts show`.
    static let maximumExcerptBytes = 1024

    /// Sends what the alert asks for; nil when it was cancelled, which is no attempt.
    ///
    /// Two answers are followed by another request within the attempt: the message to be edited is gone, so that it
    /// is posted anew (D16), and a target that cannot read the markup gets plain text (W11). Each happens once.
    func run(_ client: HTTPClient) async -> Result? {
        let at = time.wall()
        var bound = BoundAlert(id: id, body: alert.body, editing: editing)
        guard var (answer, excerpt) = await send(bound, client) else { return nil }
        if answer.editTargetIsGone, bound.editing != nil {
            bound.editing = nil
            guard let second = await send(bound, client) else { return nil }
            (answer, excerpt) = second
        }
        if answer.asksForPlainText {
            bound.isPlain = true
            guard let second = await send(bound, client) else { return nil }
            (answer, excerpt) = second
        }
        return result(
            answer, excerpt: excerpt, began: at, isPostedAnew: alert.edits != nil && bound.editing == nil)
    }

    /// What an answer to a request that began at `at` comes to now.
    func result(_ answer: Answer, excerpt: String, began at: Instant, isPostedAnew: Bool = false) -> Result {
        let now = time.wall()
        let factors = RetrySchedule.factors
        let factor = factors.lowerBound + (factors.upperBound - factors.lowerBound) * time.random()
        let next = RetrySchedule.next(after: answer, attempts: alert.attempts + 1, at: now, factor: factor)
        let record = AttemptRecord(
            alertID: alert.id, at: at, duration: now - at, status: answer.status,
            classification: answer.reason.rawValue, excerpt: excerpt)
        var hold: Instant?
        if case .retry(_, let until) = next { hold = until }
        return Result(
            record: record, verdict: AlertVerdict(next, remoteID: answer.remoteID), receiverHeldUntil: hold,
            answer: answer, isPostedAnew: isPostedAnew)
    }

    /// Sends the requests of an alert one after another until one fails; nil when one was cancelled.
    private func send(_ bound: BoundAlert, _ client: HTTPClient) async -> (Answer, excerpt: String)? {
        var last = (Answer(.configSuspect, reason: .clientError), excerpt: "nothing to send")
        for request in receiver.receiver.requests(bound, at: time.wall()) {
            let met: (outcome: AttemptOutcome, excerpt: String)?
            switch request {
            case .http(let outgoing): met = await send(outgoing, client)
            case .mail(let outgoing): met = await send(outgoing, client)
            }
            guard let met else { return nil }
            let answer = receiver.receiver.judge(met.outcome, of: bound, at: time.wall())
            // Cut afterwards: a secret that is cut in two would not be known for one.
            let excerpt = withoutSecrets(met.excerpt).utf8.prefix(Self.maximumExcerptBytes)
            last = (answer, String(decoding: excerpt, as: UTF8.self))
            if answer.answerClass != .success { break }
        }
        return last
    }

    private func send(
        _ outgoing: OutgoingHTTP, _ client: HTTPClient
    ) async -> (outcome: AttemptOutcome, excerpt: String)? {
        let outcome = await client.send(HTTPRequest(outgoing, receiver.addressGuard))
        switch outcome {
        case .failure(let failure) where failure.kind == .cancelled: return nil
        case .failure(let failure): return (.failed(TransportFailure(failure.kind)), failure.message)
        case .response(let response):
            let excerpt = String(decoding: response.body, as: UTF8.self)
            return (AttemptOutcome(response, now: time.wall()), excerpt)
        }
    }

    private func send(
        _ outgoing: OutgoingMail, _ client: HTTPClient
    ) async -> (outcome: AttemptOutcome, excerpt: String)? {
        switch await client.send(MailRequest(outgoing, receiver.addressGuard)) {
        case .failure(let failure) where failure.kind == .cancelled: return nil
        case .failure(let failure): return (.failed(TransportFailure(failure.kind)), failure.message)
        case .encryptionRefused: return (.failed(.encryptionRefused), "the server does not offer STARTTLS")
        case .reply(let code, let text, let refused):
            let suffix = refused > 0 ? "; \(refused) of \(outgoing.recipients.count) recipients refused" : ""
            return (.mailed(code: code, text: text, refused: refused), "\(code) \(text)\(suffix)")
        }
    }

    /// The text without what the receiver keeps secret (C2).
    private func withoutSecrets(_ text: String) -> String {
        receiver.receiver.secrets.filter { !$0.revealed.isEmpty }
            .reduce(text) { $0.replacing($1.revealed, with: "<secret>") }
    }
}

extension MailRequest {
    /// An attempt's mail within the limits of D13.
    init(_ outgoing: OutgoingMail, _ addressGuard: AddressGuard) {
        self.init(
            url: outgoing.url.revealed, requiresTLS: outgoing.requiresTLS, username: outgoing.username,
            password: outgoing.password, sender: outgoing.sender, recipients: outgoing.recipients,
            message: outgoing.message, total: outgoing.timeout,
            connect: min(HTTPLimits.delivery.connect, outgoing.timeout), addressGuard: addressGuard)
    }
}

extension HTTPRequest {
    /// An attempt's request within the limits of D13.
    init(_ outgoing: OutgoingHTTP, _ addressGuard: AddressGuard) {
        var limits = HTTPLimits.delivery
        limits.total = outgoing.timeout
        limits.connect = min(limits.connect, outgoing.timeout)
        let method: HTTPRequest.Method =
            switch outgoing.method {
            case .post: .post
            case .put: .put
            case .patch: .patch
            }
        self.init(
            method, url: outgoing.url.revealed,
            headers: outgoing.headers.map { HTTPHeader($0.name, $0.value.revealed) },
            body: outgoing.body, limits: limits, addressGuard: addressGuard)
    }
}

extension AttemptOutcome {
    /// A complete answer that came at `now`, in the terms in which answers are judged.
    init(_ response: HTTPResponse, now: Instant) {
        self = .answered(
            status: response.status,
            floor: RetryAfter(response.headers, now: now).deliveryFloor(status: response.status),
            date: response.headers["Date"].flatMap { HTTPDate.instant($0, now: now) }, body: response.body,
            rate: RateHints(
                hasRetryAfter: response.headers["Retry-After"] != nil,
                resetAfter: response.headers["X-RateLimit-Reset-After"].flatMap(Double.init)
                    .flatMap { (0...86_400).contains($0) ? .milliseconds(Int64(($0 * 1000).rounded(.up))) : nil }))
    }
}

extension TransportFailure {
    fileprivate init(_ kind: HTTPFailure.Kind) {
        switch kind {
        case .dns: self = .dns
        case .tls: self = .tls
        case .timeout: self = .timeout
        case .blockedAddress: self = .blockedAddress
        case .protocolNotAllowed, .malformedURL: self = .unusableURL
        case .tooLarge, .headersTooLarge, .undecodable: self = .brokenAnswer
        case .connect, .shortBody, .noAnswer, .cancelled, .other: self = .connect
        }
    }
}

extension AlertVerdict {
    /// What the schedule says, as it is stored.
    fileprivate init(_ next: RetrySchedule.Next, remoteID: String?) {
        switch next {
        case .settled: self = .delivered(remoteID: remoteID)
        case .retry(let at, _): self = .retry(at: at)
        case .park(let reason): self = .parked(reason: reason.rawValue)
        }
    }
}
