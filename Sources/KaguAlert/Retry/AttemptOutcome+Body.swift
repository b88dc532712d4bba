// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension AttemptOutcome {
    /// The status of an answer.
    var status: Int? {
        if case .answered(let status, _, _, _, _) = self { return status }
        return nil
    }

    /// Whether an answer with a 2xx status came.
    var isAccepted: Bool { status.map { (200..<300).contains($0) } ?? false }

    /// The beginning of the answer's body as text; empty without an answer.
    var text: String {
        if case .answered(_, _, _, let body, _) = self { return String(decoding: body, as: UTF8.self) }
        return ""
    }

    /// The answer's body as JSON; nil where it is none, or lacks what is asked for.
    func json<Value: Decodable>(_ type: Value.Type) -> Value? {
        guard case .answered(_, _, _, let body, _) = self else { return nil }
        return try? JSONDecoder().decode(type, from: Data(body))
    }

    /// What the answer's headers say of rates.
    var rate: RateHints {
        if case .answered(_, _, _, _, let rate) = self { return rate }
        return .none
    }
}

extension Answer {
    /// A 2xx that does not say what the target says when it has taken a message: something else answered (D9).
    static func notTheTarget(_ status: Int?) -> Answer {
        Answer(.configSuspect, reason: .clientError, status: status)
    }

    /// The answer with a pause that the target names in its body, in seconds: it counts as `Retry-After`, unless
    /// there was such a header, and only where the request was refused for its rate.
    func paused(bySeconds seconds: Double?, unless rate: RateHints) -> Answer {
        guard let seconds, seconds >= 0, !rate.hasRetryAfter, reason == .rateLimited else { return self }
        var answer = self
        // A limit of a day keeps the number within a Duration.
        answer.floor = .seconds(Int64(min(seconds, 86_400).rounded(.up)))
        answer.floorHoldsReceiver = answer.floor > .zero
        return answer
    }
}
