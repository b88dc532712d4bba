// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguHTTP
import KaguModel
import KaguStore

/// One try at sending an alert: signs it anew, sends the frozen body, judges the answer (D4, D7–D9). Stores nothing.
struct DeliveryAttempt: Sendable {
    let alert: AlertRecord
    let id: AlertID
    let receiver: CourierReceiver
    let time: TimeSource

    /// What came of an attempt.
    struct Result: Sendable {
        let record: AttemptRecord
        let verdict: AlertVerdict
        /// Before that, no alert of the receiver is tried (D8).
        let receiverHeldUntil: Instant?
    }

    /// Bytes of an answer that are kept for `kagu alerts show`.
    static let maximumExcerptBytes = 1024

    /// Sends the request; nil when it was cancelled, which is no attempt.
    func run(_ client: HTTPClient) async -> Result? {
        let at = time.wall()
        let outcome = await client.send(request(at: at))
        let now = time.wall()
        if case .failure(let failure) = outcome, failure.kind == .cancelled { return nil }
        let answer = receiver.webhook.judge(AttemptOutcome(outcome, now: now), at: now)
        let factors = RetrySchedule.factors
        let factor = factors.lowerBound + (factors.upperBound - factors.lowerBound) * time.random()
        let next = RetrySchedule.next(after: answer, attempts: alert.attempts + 1, at: now, factor: factor)
        let record = AttemptRecord(
            alertID: alert.id, at: at, duration: now - at, status: answer.status,
            classification: answer.reason.rawValue, excerpt: excerpt(of: outcome))
        var hold: Instant?
        if case .retry(_, let until) = next { hold = until }
        return Result(record: record, verdict: AlertVerdict(next), receiverHeldUntil: hold)
    }

    private func request(at instant: Instant) -> HTTPRequest {
        let outgoing = receiver.webhook.request(id: id, body: alert.body, at: instant)
        var limits = HTTPLimits.delivery
        limits.total = outgoing.timeout
        limits.connect = min(limits.connect, outgoing.timeout)
        return HTTPRequest(
            .post, url: outgoing.url.revealed,
            headers: outgoing.headers.map { HTTPHeader($0.name, $0.value.revealed) },
            body: outgoing.body, limits: limits, addressGuard: receiver.addressGuard)
    }

    private func excerpt(of outcome: HTTPOutcome) -> String {
        switch outcome {
        case .response(let response):
            String(decoding: response.body.prefix(Self.maximumExcerptBytes), as: UTF8.self)
        case .failure(let failure): failure.message
        }
    }
}

extension AttemptOutcome {
    /// What the HTTP client met, in the terms in which answers are judged.
    init(_ outcome: HTTPOutcome, now: Instant) {
        switch outcome {
        case .response(let response):
            self = .answered(
                status: response.status,
                floor: RetryAfter(response.headers, now: now).deliveryFloor(status: response.status),
                date: response.headers["Date"].flatMap { HTTPDate.instant($0, now: now) })
        case .failure(let failure):
            self = .failed(TransportFailure(failure.kind))
        }
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
    fileprivate init(_ next: RetrySchedule.Next) {
        switch next {
        case .settled: self = .delivered(remoteID: nil)
        case .retry(let at, _): self = .retry(at: at)
        case .park(let reason): self = .parked(reason: reason.rawValue)
        }
    }
}
