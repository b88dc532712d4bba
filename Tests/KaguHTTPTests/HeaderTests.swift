// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel
import KaguTestSupport
import Testing

/// 2026-11-22T09:00:00Z, a Sunday.
private let now = Instant(seconds: 1_795_338_000)

@Suite("Headers, validators and hints")
struct HeaderTests {
    @Test("fields are found without case, values keep every byte but the blanks around them")
    func fields() {
        let headers = HTTPHeaders(block: Array("A: 1\r\nb:\t2 \r\na:3\r\nnonsense\r\nC:\r\nD: x\r\n  y\r\n".utf8))
        #expect(headers["a"] == "1")
        #expect(headers.values("A") == ["1", "3"])
        #expect(headers["B"] == "2")
        #expect(headers["c"] == "")
        #expect(headers["d"] == "x y")
        #expect(headers["e"] == nil)
        #expect(headers.fields.map(\.name) == ["A", "b", "a", "C", "D"])
        let latin = HTTPHeaders(block: [0x45, 0x3A, 0x20, 0xE9, 0xFF, 0x0D, 0x0A])
        #expect(latin["E"] == "\u{E9}\u{FF}")
        #expect(latin.bytes("E") == [0xE9, 0xFF])
    }

    @Test("a 304 replaces the validators it carries and keeps the rest (P8)")
    func updated() {
        let held = Validators(etag: Array("\"a\"".utf8), lastModified: Array("x".utf8))
        let changed = Validators(etag: Array("\"b\"".utf8))
        #expect(
            held.updated(by: changed) == Validators(etag: changed.etag, lastModified: held.lastModified))
        #expect(held.updated(by: Validators()) == held)
        #expect(Validators(of: HTTPHeaders(["ETag": "", "Date": "Sun, 22 Nov 2026 09:00:00 GMT"])).isEmpty)
    }

    @Test(
        "the three date forms of HTTP are read (RFC 9110 §5.6.7)",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ])
    func dates(_ text: String) {
        #expect(HTTPDate.instant(text, now: now) == Instant(rfc3339: "1994-11-06T08:49:37Z"))
    }

    @Test("two-digit years lie at most 50 years ahead, other texts are no dates")
    func oddDates() {
        #expect(HTTPDate.instant("Sunday, 06-Nov-76 08:49:37 GMT", now: now)?.day.year == 2076)
        #expect(HTTPDate.instant("Sunday, 06-Nov-77 08:49:37 GMT", now: now)?.day.year == 1977)
        let bad = [
            "", "0", "-1", "now", "Sun, 31 Feb 2026 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 24:49:37 GMT", "2026-11-22T09:00:00Z",
        ]
        for text in bad { #expect(HTTPDate.instant(text, now: now) == nil, "\(text)") }
    }

    @Test(
        "Retry-After takes seconds, rounded up, or a date (P21, D8)",
        arguments: [
            ("120", RetryAfter.delay(.seconds(120))), (" 5 ", .delay(.seconds(5))), ("1.2", .delay(.seconds(2))),
            ("2.0", .delay(.seconds(2))), ("0", .past), ("0.0", .past), ("0.1", .delay(.seconds(1))),
            ("Sun, 22 Nov 2026 09:01:00 GMT", .delay(.seconds(60))),
            ("Sunday, 22-Nov-26 09:01:00 GMT", .delay(.seconds(60))),
            ("Sun Nov 22 09:01:00 2026", .delay(.seconds(60))), ("Sun, 22 Nov 2026 09:00:00 GMT", .past),
            ("Sun, 22 Nov 2020 09:00:00 GMT", .past), ("-1", .garbage), ("-0", .garbage), ("soon", .garbage),
            ("1e3", .garbage), ("5 minutes", .garbage), ("", .garbage), (".5", .garbage), ("1.", .garbage),
        ])
    func retryAfter(_ text: String, _ expected: RetryAfter) {
        #expect(RetryAfter(text, now: now) == expected)
    }

    @Test("a poll obeys up to 7 days, a delivery up to 24 h, and neither believes garbage (P21, D8)")
    func retryBounds() {
        let long = RetryAfter("99999999999999999999", now: now)
        #expect(long.hold?.duration == .seconds(7 * 86_400) && long.hold?.isClamped == true)
        #expect(long.deliveryFloor(status: 503) == .seconds(86_400))
        let short = RetryAfter("30", now: now)
        #expect(short.hold?.duration == .seconds(30) && short.hold?.isClamped == false)
        #expect(short.deliveryFloor(status: 429) == .seconds(30))
        for text in ["0", "-5", "garbage", "Sun, 22 Nov 2020 09:00:00 GMT"] {
            #expect(RetryAfter(text, now: now).hold == nil)
        }
        #expect(RetryAfter(HTTPHeaders(), now: now) == .absent)
        #expect(RetryAfter.absent.deliveryFloor(status: 429) == .seconds(60))
        #expect(RetryAfter.absent.deliveryFloor(status: 503) == .zero)
        #expect(RetryAfter.garbage.deliveryFloor(status: 503) == .seconds(60))
        #expect(RetryAfter.past.deliveryFloor(status: 429) == .zero)
    }

    @Test("freshness is max-age, else Expires minus Date, minus Age, at most 24 h (P17)")
    func freshness() {
        func hint(_ fields: KeyValuePairs<String, String>) -> Duration? {
            CacheHints.freshness(of: HTTPHeaders(fields), now: now)
        }
        #expect(hint(["Cache-Control": "public, max-age=600"]) == .seconds(600))
        #expect(
            hint(["Cache-Control": "public", "cache-control": "Max-Age=\"600\"", "Age": "100"]) == .seconds(500))
        #expect(hint(["Cache-Control": "max-age=9999999999999999999"]) == .seconds(86_400))
        #expect(
            hint(["Date": "Sun, 22 Nov 2026 08:00:00 GMT", "Expires": "Sun, 22 Nov 2026 09:00:00 GMT"])
                == .seconds(3600))
        #expect(hint(["Expires": "Sun, 22 Nov 2026 09:30:00 GMT"]) == .seconds(1800))
        #expect(hint(["Cache-Control": "max-age=60", "Expires": "Sun, 22 Nov 2026 19:30:00 GMT"]) == .seconds(60))
    }

    @Test(
        "zero, no-cache, no-store and past dates say nothing (P11)",
        arguments: [
            ["Cache-Control": "max-age=0"], ["Cache-Control": "no-cache, max-age=60"],
            ["Cache-Control": "no-store"],
            ["Expires": "0"], ["Expires": "Sun, 22 Nov 2026 08:30:00 GMT"], ["Cache-Control": "max-age=x"], [:],
            ["Cache-Control": "max-age=60", "Age": "60"],
        ] as [[String: String]])
    func noHint(_ fields: [String: String]) {
        let block = fields.map { "\($0): \($1)\r\n" }.joined()
        #expect(CacheHints.freshness(of: HTTPHeaders(block: Array(block.utf8)), now: now) == nil)
    }

    @Test("an origin is scheme, host and port as libcurl reads them (P25, P27, S3)")
    func origins() throws {
        let plain = try #require(HTTPOrigin("HTTP://User:pw@Example.ORG/a?b#c"))
        #expect(plain.description == "http://example.org" && plain.port == 80)
        #expect(plain == HTTPOrigin("http://example.org:80/x"))
        #expect(plain != HTTPOrigin("https://example.org/x"))
        #expect(HTTPOrigin("https://example.org:443")?.authority == "example.org")
        #expect(HTTPOrigin("https://example.org:8443/")?.authority == "example.org:8443")
        #expect(HTTPOrigin("http://[FD00::5]:81/")?.host == "fd00::5")
        #expect(HTTPOrigin("http://[fd00::5]:81/")?.authority == "[fd00::5]:81")
        for url in ["", "example.org", "ftp://example.org/", "file:///x", "http://", "/path", "http://a b/"] {
            #expect(HTTPOrigin(url) == nil, "\(url)")
        }
    }
}
