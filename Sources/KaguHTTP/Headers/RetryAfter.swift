// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What a `Retry-After` header asks for, read by our own parser: libcurl's hides garbage, and newer versions cut it
/// at six hours (P21, D8).
public enum RetryAfter: Hashable, Sendable {
    /// No such header.
    case absent
    /// Neither a number nor one of HTTP's dates, or a negative number.
    case garbage
    /// Zero seconds, or a date that is not in the future.
    case past
    /// Wait this long, in whole seconds (fractions and parts of a second are rounded up).
    case delay(Duration)

    /// Reads the header's first value. Dates count from `now`.
    public init(_ headers: HTTPHeaders, now: Instant) {
        self.init(headers["Retry-After"], now: now)
    }

    /// Reads a value: integer or decimal seconds, or any of HTTP's three date forms.
    public init(_ value: String?, now: Instant) {
        guard let value else {
            self = .absent
            return
        }
        let text = value.trimmingBlanks()
        if let seconds = Self.seconds(text) {
            self = seconds > 0 ? .delay(.seconds(seconds)) : .past
        } else if let date = HTTPDate.instant(text, now: now) {
            let milliseconds = date.milliseconds - now.milliseconds
            self = milliseconds > 0 ? .delay(.seconds((milliseconds + 999) / 1000)) : .past
        } else {
            self = .garbage
        }
    }

    /// The longest wait that a poll obeys (P21).
    public static let longestHold = Duration.seconds(7 * 86_400)

    /// The lower bound for a poll (P21): nil when absent, zero, negative or garbage; at most 7 days. `isClamped`
    /// says that more was asked for, which is logged.
    public var hold: (duration: Duration, isClamped: Bool)? {
        guard case .delay(let duration) = self else { return nil }
        return duration > Self.longestHold ? (Self.longestHold, true) : (duration, false)
    }

    /// The floor for the next attempt of a delivery (D8): 60 s for garbage, and for a 429 without the header;
    /// zero where the schedule alone counts; at most 24 h.
    public func deliveryFloor(status: Int) -> Duration {
        switch self {
        case .absent: status == 429 ? .seconds(60) : .zero
        case .garbage: .seconds(60)
        case .past: .zero
        case .delay(let duration): min(duration, .seconds(86_400))
        }
    }

    /// Whole seconds of a non-negative decimal, rounded up and capped at ten years; nil for anything else.
    private static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard !fraction.isEmpty else { return nil }
        let cap: Int64 = 10 * 366 * 86_400
        let seconds = min(Int64(whole) ?? cap, cap)
        return fraction.utf8.contains { $0 != UInt8(ascii: "0") } ? seconds + 1 : seconds
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension String {
    /// Without spaces and tabs at either end.
    func trimmingBlanks() -> String {
        let start = unicodeScalars.firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        guard let last = unicodeScalars.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(unicodeScalars[start...last])
    }
}
