// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// A publisher's feed: what it holds at a time, and how it answers (§1.4).
struct SimulatedFeed: Sendable {
    /// Which validators it sends.
    enum Validation: Sendable, CaseIterable {
        case etag, lastModified, both, none, weak, odd
    }

    /// What goes wrong for a while, or for ever.
    enum Fault: Sendable {
        case status(Int)
        case statusAfter(Int, retryAfter: String)
        /// `Retry-After` as a date that many seconds after the answer.
        case statusUntil(Int, seconds: Int64)
        case trouble(Answer.Trouble)
        case redirect([Int])
        case loop
        case tooManyHops
        case toPlainHTTP
        case html, wall, garbage, unclosed, expired
        case notModifiedAlways
        case stripped
    }

    struct Episode: Sendable {
        var from: Duration
        var to: Duration
        var fault: Fault
    }

    var id: String
    var url: String
    /// Where its redirects lead; each feed has places of its own.
    var targets: [String] = []
    var validation = Validation.both
    /// The time between two items; nil: never anything new.
    var itemEvery: Duration?
    var cacheControl: String?
    var expiresAfter: Int64?
    var age: String?
    var ttlMinutes: Int?
    var skippedHours: [Int] = []
    var skippedDays: [Int] = []
    var isJSON = false
    var interval: Duration?
    var headers: [(name: String, value: String)] = []
    var episodes: [Episode] = []

    /// A document shows that many items.
    static let window = 12

    /// How many items have been published at `time`.
    func version(at time: Duration) -> Int {
        guard let itemEvery else { return 0 }
        return Int(time.milliseconds / itemEvery.milliseconds)
    }

    func document(at time: Duration) -> SimulatedDocument {
        let newest = version(at: time)
        return SimulatedDocument(
            items: (max(0, newest - Self.window + 6)..<(newest + 6)).reversed().map { "\(id)-\($0)" },
            ttlMinutes: ttlMinutes, skippedHours: skippedHours, skippedDays: skippedDays)
    }

    func fault(at time: Duration) -> Fault? { episodes.last { $0.from <= time && time < $0.to }?.fault }
}

extension SimulatedFeed {
    /// Answers a request for `url`, one of its addresses, at `time`; `epoch` is the publisher's own clock.
    func answer(_ url: String, _ request: Exchange, at time: Duration, epoch: Instant) -> Answer {
        guard let fault = fault(at: time) else { return serve(request, at: time, epoch: epoch) }
        switch fault {
        case .status(let status): return Answer(status)
        case .statusAfter(let status, let text): return Answer(status, ["Retry-After": text])
        case .statusUntil(let status, let seconds):
            let date = HTTPDateText.text(epoch + time + .seconds(seconds))
            return Answer(status, ["Retry-After": date])
        case .trouble(let trouble): return Answer(trouble)
        case .redirect(let statuses):
            let place = ([self.url] + targets).firstIndex(of: url) ?? 0
            guard place < statuses.count, place < targets.count else {
                return serve(request, at: time, epoch: epoch)
            }
            return Answer(statuses[place], to: targets[place])
        case .loop: return Answer(302, to: url == self.url ? targets.first : self.url)
        case .tooManyHops:
            let place = ([self.url] + targets).firstIndex(of: url) ?? 0
            return Answer(302, to: place < targets.count ? targets[place] : self.url + "?again")
        case .toPlainHTTP:
            guard url == self.url else { return serve(request, at: time, epoch: epoch) }
            return Answer(301, to: targets.last { $0.hasPrefix("http:") })
        case .html: return body("<!DOCTYPE html><html><head><title>Hello</title></head><body>A page</body></html>")
        case .wall: return body("<html><title>Just a moment...</title></html>", ["cf-mitigated": "challenge"], 403)
        case .garbage: return body("this is no feed at all")
        case .unclosed:
            var answer = serve(request, at: time, epoch: epoch, ignoringConditions: true)
            answer.document?.isClosed = false
            return answer
        case .expired:
            var answer = serve(request, at: time, epoch: epoch, ignoringConditions: true)
            answer.document?.isExpired = true
            return answer
        case .notModifiedAlways: return Answer(304)
        case .stripped:
            var answer = serve(request, at: time, epoch: epoch, ignoringConditions: true)
            answer.headers.removeAll { $0.name == "ETag" || $0.name == "Last-Modified" }
            return answer
        }
    }

    private func body(_ text: String, _ headers: KeyValuePairs<String, String> = [:], _ status: Int = 200) -> Answer
    {
        var answer = Answer(status, headers)
        answer.text = text
        return answer
    }

    private func serve(
        _ request: Exchange, at time: Duration, epoch: Instant, ignoringConditions: Bool = false
    ) -> Answer {
        let version = version(at: time)
        var answer = Answer(200)
        let validators = validators(version, epoch)
        answer.headers = validators
        if let cacheControl { answer.headers.append(("Cache-Control", Array(cacheControl.utf8))) }
        if let age { answer.headers.append(("Age", Array(age.utf8))) }
        if let expiresAfter {
            let now = epoch + time
            answer.headers.append(("Date", Array(HTTPDateText.text(now).utf8)))
            answer.headers.append(("Expires", Array(HTTPDateText.text(now + .seconds(expiresAfter)).utf8)))
        }
        let etag = validators.first { $0.name == "ETag" }?.value
        let date = validators.first { $0.name == "Last-Modified" }?.value
        if !ignoringConditions, !request.isUnconditional {
            let sameTag = request.header("If-None-Match").map { $0 == etag }
            let sameDate = request.header("If-Modified-Since").map { $0 == date }
            if sameTag ?? sameDate ?? false {
                answer.status = 304
                // Some repeat one of the pair in a 304, some neither (P8).
                if version % 2 == 0 { answer.headers.removeAll { $0.name == "Last-Modified" } }
                return answer
            }
        }
        answer.document = document(at: time)
        return answer
    }

    private func validators(_ version: Int, _ epoch: Instant) -> [(name: String, value: [UInt8])] {
        let changed = epoch + (itemEvery ?? .seconds(1)) * version
        let tag = ("ETag", Array("\"\(id)-\(version)\"".utf8))
        let date = ("Last-Modified", Array(HTTPDateText.text(changed).utf8))
        switch validation {
        case .none: return []
        case .etag: return [tag]
        case .lastModified: return [date]
        case .both: return [tag, date]
        case .weak: return [("ETag", Array("W/\"\(version)-gzip\"".utf8)), date]
        // Neither quoted, nor ASCII, nor a date.
        case .odd:
            return [
                ("ETag", Array("v\(version);".utf8) + [0xE9, 0x20, 0x22, 0x78]),
                ("Last-Modified", Array("Heute, um \(version) Uhr; 99 Foo 2026".utf8)),
            ]
        }
    }
}

/// HTTP's preferred date form (RFC 9110 §5.6.7).
enum HTTPDateText {
    static func text(_ instant: Instant) -> String {
        let day = instant.day
        let seconds = instant.seconds - Int64(day.daysSinceEpoch) * 86_400
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((day.daysSinceEpoch % 7) + 7) % 7]
        let month = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ][day.month - 1]
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(weekday), \(two(Int64(day.day))) \(month) \(day.year) "
            + "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60)) GMT"
    }
}
