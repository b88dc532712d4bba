// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguAlert

@Suite("Time zones from their files (RFC 8536)")
struct ZoneTableTests {
    private let berlin: ZoneTable
    private let apia: ZoneTable

    init() throws {
        berlin = try ZoneFixture.zone(ZoneFixture.berlin)
        apia = try ZoneFixture.zone(ZoneFixture.apia)
    }

    @Test(
        "offsets hold before the first transition, between transitions and by the rule after the last",
        arguments: [
            ("1850-01-01T00:00:00Z", 3208), ("1945-06-01T00:00:00Z", 10_800), ("1996-08-01T00:00:00Z", 7200),
            ("2026-10-25T00:59:59.999Z", 7200), ("2026-10-25T01:00:00Z", 3600), ("2027-03-28T00:59:59Z", 3600),
            ("2027-03-28T01:00:00Z", 7200), ("2999-07-01T00:00:00Z", 7200), ("2999-12-31T23:59:59Z", 3600),
        ])
    func offsets(_ instant: String, _ offset: Int) {
        #expect(berlin.offset(at: .at(instant)) == offset)
    }

    @Test("a time that clocks skip is the change itself; one that they show twice is both")
    func skippedAndRepeated() {
        let spring = CivilDate(year: 2027, month: 3, day: 28)
        #expect(berlin.first(spring, second: 2 * 3600 + 1800) == .at("2027-03-28T01:00:00Z"))
        #expect(berlin.last(spring, second: 2 * 3600) == .at("2027-03-28T01:00:00Z"))
        #expect(berlin.first(spring, second: 3 * 3600) == .at("2027-03-28T01:00:00Z"))
        #expect(berlin.first(spring, second: 2 * 3600 - 1) == .at("2027-03-28T00:59:59Z"))
        let autumn = CivilDate(year: 2026, month: 10, day: 25)
        #expect(berlin.first(autumn, second: 2 * 3600 + 1800) == .at("2026-10-25T00:30:00Z"))
        #expect(berlin.last(autumn, second: 2 * 3600 + 1800) == .at("2026-10-25T01:30:00Z"))
        #expect(berlin.last(autumn, second: 3 * 3600) == .at("2026-10-25T02:00:00Z"))
    }

    @Test("a day that a country skipped is the moment of the change; the days around it are whole")
    func skippedDay() {
        let change = Instant.at("2011-12-30T10:00:00Z")
        #expect(apia.first(CivilDate(year: 2011, month: 12, day: 30), second: 8 * 3600) == change)
        #expect(apia.first(CivilDate(year: 2011, month: 12, day: 31), second: 0) == change)
        #expect(apia.local(at: change - .seconds(1)).date == CivilDate(year: 2011, month: 12, day: 29))
        #expect(apia.local(at: change).date == CivilDate(year: 2011, month: 12, day: 31))
        #expect(apia.offset(at: .at("2400-01-01T00:00:00Z")) == 13 * 3600)
    }

    @Test("a file of version 1 is read; after its last transition that offset stays")
    func versionOne() throws {
        let zone = try ZoneTable(ZoneFixture.versionOne(changeAt: 1_000_000))
        #expect(zone.offset(at: Instant(seconds: 999_999)) == 0)
        #expect(zone.offset(at: Instant(seconds: 1_000_000)) == 3600)
        #expect(zone.offset(at: .at("2100-07-01T00:00:00Z")) == 3600)
    }

    @Test(
        "rules of every form give their offsets",
        arguments: [
            // Ireland: summer time is the standard, winter an hour less.
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-01-15T12:00:00Z", 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-07-15T12:00:00Z", 3600),
            // Nuuk: hours below zero.
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T00:59:59Z", -7200),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T01:00:00Z", -3600),
            // The southern hemisphere: summer time over the new year.
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2027-01-01T00:00:00Z", 39_600),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", "2027-07-01T00:00:00Z", 36_000),
            // Summer time all the year round (RFC 8536 §3.3.1).
            ("XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z", -14_400),
            ("XXX3EDT4,0/0,J365/23", "2027-12-31T23:00:00Z", -14_400),
            ("<+0545>-5:45", "2027-12-31T23:00:00Z", 20_700),
            // 29 February is not counted by J60.
            ("AAA0BBB,J60/0,J61/0", "2028-03-01T12:00:00Z", 3600),
            ("AAA0BBB,J60/0,J61/0", "2028-02-29T12:00:00Z", 0),
        ])
    func rules(_ text: String, _ instant: String, _ offset: Int) throws {
        let rule = try #require(PosixZone(text.utf8))
        let zone = ZoneTable(firstOffset: 0, transitions: [], rule: rule)
        #expect(zone.offset(at: .at(instant)) == offset)
    }

    @Test(
        "what is no rule is refused",
        arguments: [
            "", "CET", "CE-1", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
            "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J365", "CET-1CEST,0/168,J365",
            "CET-1 ", "<CE>-1", "<CET-1", "CET-1:60", "CET-1CEST,M3.5.0,M10.5.0/3 ", "CET-1CEST,366,1",
        ])
    func badRules(_ text: String) {
        #expect(PosixZone(text.utf8) == nil)
    }
}

@Suite("Zone files that lie are refused")
struct HostileZoneTests {
    private func refusal(_ bytes: [UInt8]) -> ZoneTable.Mistake? {
        do {
            _ = try ZoneTable(bytes)
            return nil
        } catch { return error }
    }

    @Test("a file cut anywhere is refused, and never traps")
    func cut() {
        let whole = ZoneFixture.bytes(ZoneFixture.berlin)
        #expect(refusal(whole) == nil)
        for length in 0..<whole.count { #expect(refusal(Array(whole[..<length])) != nil, "\(length) bytes") }
    }

    @Test("a file with any one byte changed is read or refused, and answers without a trap")
    func changed() {
        let whole = ZoneFixture.bytes(ZoneFixture.berlin)
        for index in whole.indices {
            for value: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var bytes = whole
                bytes[index] = value
                guard let zone = try? ZoneTable(bytes) else { continue }
                let date = CivilDate(year: 2026, month: 10, day: 25)
                #expect(zone.first(date, second: 9000) <= zone.last(date, second: 9000))
            }
        }
    }

    @Test("counts beyond the file, no types, leap seconds, wild offsets and disordered times are refused")
    func lies() {
        let good = ZoneFixture.versionOne(changeAt: 1_000_000)
        func changed(_ index: Int, _ value: UInt8) -> [UInt8] {
            var bytes = good
            bytes[index] = value
            return bytes
        }
        #expect(refusal(good) == nil)
        #expect(refusal(Array("GIF89a".utf8) + good) == .noZoneFile)
        #expect(refusal(changed(32, 0x7F)) == .malformed("header"))
        #expect(refusal(changed(35, 9)) == .malformed("length"))
        #expect(refusal(changed(39, 0)) == .malformed("header"))
        #expect(refusal(changed(48, 2)) == .malformed("list of transitions"))
        #expect(refusal(changed(49, 0x40)) == .malformed("offset"))
        var leaping = good
        leaping[31] = 1
        #expect(refusal(leaping + [UInt8](repeating: 0, count: 8)) == .leapSeconds)
        #expect(refusal([UInt8](repeating: 0, count: ZoneTable.maximumBytes + 1)) == .malformed("size"))
    }

    @Test("each mistake is one sentence")
    func sentences() {
        #expect("\(ZoneTable.Mistake.noZoneFile)" == "it is no TZif file")
        #expect("\(ZoneTable.Mistake.malformed("rule"))" == "its rule cannot be right")
        #expect("\(ZoneTable.Mistake.leapSeconds)".hasPrefix("it counts leap seconds"))
    }
}
