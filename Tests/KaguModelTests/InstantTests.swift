// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel
import Testing

@Suite struct InstantTests {
    @Test(
        "instants print as RFC 3339 UTC with milliseconds and read back (DESIGN §6)",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_338_811_482, "2026-11-22T09:13:31.482Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func roundTrip(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).description == text)
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "offsets, fractions, lower case and bare dates are read",
        arguments: [
            ("2026-11-22T10:13:31+01:00", "2026-11-22T09:13:31.000Z"),
            ("2026-11-22T00:13:31-09:30", "2026-11-22T09:43:31.000Z"),
            ("2026-11-22t09:13:31.4829999z", "2026-11-22T09:13:31.482Z"),
            ("2026-11-22 09:13:31.5Z", "2026-11-22T09:13:31.500Z"), ("2026-11-22", "2026-11-22T00:00:00.000Z"),
            ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000Z"),
            ("2026-12-31T24:00:00Z", "2027-01-01T00:00:00.000Z"),
        ])
    func reads(text: String, expected: String) {
        #expect(Instant(rfc3339: text)?.description == expected)
    }

    @Test(
        "dates that do not exist and other notations are refused",
        arguments: [
            "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-11-22T25:00:00Z",
            "2026-11-22T24:00:01Z",
            "2026-11-22T09:60:00Z", "2026-11-22T09:13:31", "2026-11-22T09:13Z", "2026-11-22T09:13:31.Z",
            "2026-11-22T09:13:31+1:00", "2026-11-22T09:13:31Z ", "26-11-22", "1900-02-29",
        ])
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("the short form leaves out milliseconds that are zero (F7)")
    func short() {
        #expect(Instant(milliseconds: 1_000).shortDescription == "1970-01-01T00:00:01Z")
        #expect(Instant(milliseconds: 1_001).shortDescription == "1970-01-01T00:00:01.001Z")
    }

    @Test("arithmetic with durations is exact to the millisecond, before 1970 too")
    func arithmetic() {
        let instant = Instant(milliseconds: -1)
        #expect(instant.seconds == -1 && instant.day.description == "1969-12-31")
        #expect((instant + .milliseconds(1)).milliseconds == 0 && (instant - .seconds(1)).milliseconds == -1001)
        #expect(Instant(seconds: 3) - Instant(seconds: 1) == .seconds(2))
        #expect(Duration.microseconds(-1).milliseconds == -1 && Duration.microseconds(1999).milliseconds == 1)
    }

    @Test("as JSON an instant is its text; other text fails to decode")
    func json() throws {
        let instant = Instant(milliseconds: 1_795_338_811_482)
        let data = try JSONEncoder().encode([instant])
        #expect(String(decoding: data, as: UTF8.self) == "[\"2026-11-22T09:13:31.482Z\"]")
        #expect(try JSONDecoder().decode([Instant].self, from: data) == [instant])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Instant].self, from: Data("[\"now\"]".utf8))
        }
    }

    @Test("civil dates count days over leap years and eras")
    func civilDates() throws {
        for (text, days) in [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2026-11-22", 20_779),
            ("0000-03-01", -719_468),
        ] {
            let date = try #require(CivilDate(text))
            #expect(
                date.daysSinceEpoch == days && CivilDate(daysSinceEpoch: days) == date && date.description == text)
        }
        for days in stride(from: -800_000, to: 800_000, by: 997) {
            #expect(CivilDate(daysSinceEpoch: days).daysSinceEpoch == days)
        }
        for text in ["2026-1-01", "2026-11-2", "2026-02-30", "x026-11-22", "2026-11-22-", "+026-11-22", ""] {
            #expect(CivilDate(text) == nil, "\(text)")
        }
        #expect(try #require(CivilDate("2024-02-29")) < #require(CivilDate("2024-03-01")))
    }
}
