// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel
import Testing

@Suite struct DateTests {
    @Test(
        "every form of date is read (F23)",
        arguments: [
            ("Sat, 21 Nov 2026 18:35:00 GMT", "2026-11-21T18:35:00Z"),
            ("21 Nov 26 18:35 +0100", "2026-11-21T17:35:00Z"),
            ("Saturday, 21-Nov-26 18:35:00 EST", "2026-11-21T23:35:00Z"),
            ("Sat Nov 21 18:35:00 2026", "2026-11-21T18:35:00Z"),
            ("2026-11-21T18:35:00.5+04:00", "2026-11-21T14:35:00.500Z"), ("2026-11-21", "2026-11-21T00:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"), ("20261121T183500Z", "2026-11-21T18:35:00Z"),
            ("20261121", "2026-11-21T00:00:00Z"),
            ("21.11.2026 18:35", "2026-11-21T18:35:00Z"), ("21/11/2026", "2026-11-21T00:00:00Z"),
            ("1584102120", "2020-03-13T12:22:00Z"), ("1584102120000", "2020-03-13T12:22:00Z"),
            ("Vendredi, 13 Mars, 2020 - 12:22", "2020-03-13T12:22:00Z"), ("13 Mar 49", "2049-03-13T00:00:00Z"),
            ("13 Mar 50", "1950-03-13T00:00:00Z"), ("Monday, 13 Mar 2020 00:00 MSK", "2020-03-12T21:00:00Z"),
            ("13 Mar 2020 10:00 TRT", "2020-03-13T07:00:00Z"), ("13 Mar 2020 10:00 AZT", "2020-03-13T06:00:00Z"),
            ("13 Mar 2020 10:00 CEST", "2020-03-13T08:00:00Z"), ("mar. 13 oct. 2020", "2020-10-13T00:00:00Z"),
            ("November 22nd, 2026 4:05 pm", "2026-11-22T16:05:00Z"),
            ("Пт, 13 марта 2020 г. 12:22", "2020-03-13T12:22:00Z"),
            ("Bazar ertəsi, 20 Avqust 2020 10:00", "2020-08-20T10:00:00Z"),
            ("le 3 août 2020 à 12h22", "2020-08-03T12:22:00Z"),
            ("January 1st, 2004 7:48:21 p.m. EST", "2004-01-02T00:48:21Z"),
            ("12:05 a.m., 1 January 2004", "2004-01-01T00:05:00Z"),
            ("13 Mar 2020 10:00 MESZ", "2020-03-13T08:00:00Z"),
            ("2026-11-21T18:35:00+0100Z", "2026-11-21T17:35:00Z"),
            ("03-12-31", "2003-12-31T00:00:00Z"), ("31-12-99", "1999-12-31T00:00:00Z"),
            ("21 Kasım 2026 18.35", "2026-11-21T18:35:00Z"), ("21.11.2026 18.35.20", "2026-11-21T18:35:20Z"),
        ])
    func forms(text: String, expected: String) {
        #expect(FeedDate.instant(text)?.shortDescription == expected)
    }

    @Test(
        "zones may be named by place, by both abbreviations, in brackets or with their law (F23)",
        arguments: [
            ("2026-07-01 10:00 Europe/Paris", "2026-07-01T08:00:00Z"),
            ("2026-12-01 10:00 Europe/Paris", "2026-12-01T09:00:00Z"),
            ("2026-10-25 01:59 Europe/Paris", "2026-10-24T23:59:00Z"),
            ("2026-10-25 03:00 Europe/Paris", "2026-10-25T02:00:00Z"),
            ("Fri, 18 Oct 2024 14:03:24 EST5EDT", "2024-10-18T18:03:24Z"),
            ("Fri, 15 Nov 2024 14:03:24 EST5EDT", "2024-11-15T19:03:24Z"),
            ("2026-07-01 10:00 Asia/Baku", "2026-07-01T06:00:00Z"),
            ("Fri, 18 Oct 2024 14:03:24 (CEST)", "2024-10-18T12:03:24Z"),
            ("18 октября 2024 года в 14:03 (МСК)", "2024-10-18T11:03:00Z"),
            ("Wed, 19 Aug 2009 18:28:00 Etc/GMT", "2009-08-19T18:28:00Z"),
            ("2024-10-18T14:03:24+02:00[Europe/Paris]", "2024-10-18T12:03:24Z"),
            ("Fri, 18 Oct 2024 14:03:24 GMT Standard Time", "2024-10-18T14:03:24Z"),
        ])
    func zones(text: String, expected: String) {
        #expect(FeedDate.instant(text)?.shortDescription == expected)
    }

    @Test(
        "ISO 8601 has weeks, ordinals and years without a century (F23)",
        arguments: [
            ("2003-W05-3", "2003-01-29"), ("2003W053", "2003-01-29"), ("2003-W01", "2002-12-30"),
            ("2026-W53-7", "2027-01-03"), ("2003-335", "2003-12-01"), ("2003335", "2003-12-01"),
            ("03335", "2003-12-01"), ("-03-12", "2003-12-01"), ("-0312", "2003-12-01"),
            ("2003-011-30", "2003-11-30"),
        ])
    func calendars(text: String, expected: String) {
        #expect(FeedDate.instant(text)?.shortDescription == expected + "T00:00:00Z")
    }

    @Test(
        "other languages are read where their words are known (F23)",
        arguments: [
            ("Freitag, 18. Oktober 2024 14:03", "2024-10-18T14:03:00Z"),
            ("viernes, 18 de octubre de 2024", "2024-10-18T00:00:00Z"),
            ("venerdì 18 ottobre 2024", "2024-10-18T00:00:00Z"), ("18 de março de 2024", "2024-03-18T00:00:00Z"),
            ("Κυρ, 11 Ιούλ 2004 12:00:00 EST", "2004-07-11T17:00:00Z"),
            ("2004-július-13T9:15-05:00", "2004-07-13T14:15:00Z"), ("18 жовтня 2024", "2024-10-18T00:00:00Z"),
            ("2004년 05월 28일  01:31:15", "2004-05-27T16:31:15Z"),
            ("2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z"), ("2004年5月25日 11:23", "2004-05-25T11:23:00Z"),
            ("Fri, 18 Oct 124 14:03:24 GMT", "2024-10-18T14:03:24Z"), ("1729260204.5", "2024-10-18T14:03:24.500Z"),
        ])
    func languages(text: String, expected: String) {
        #expect(FeedDate.instant(text)?.shortDescription == expected)
    }

    @Test(
        "what is no date is nothing (F22, F23)",
        arguments: [
            "", "soon", "2026-02-30", "31 Feb 2026", "25:00", "2026-13-01", "13 Foo 2026", "1 2 3 4 5",
            "11/22/2026", "2003-W54", "2003-W05-8", "2003-366", "-0313", "10:00 Europe/Nowhere",
        ])
    func unreadable(text: String) {
        #expect(FeedDate.instant(text) == nil)
    }

    static let months: [(language: String, names: String)] = [
        ("en", "january february march april may june july august september october november december"),
        ("en", "jan feb mar apr may jun jul aug sep oct nov dec"),
        ("fr", "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        ("fr", "janv févr mars avr mai juin juil août sept oct nov déc"),
        ("tr", "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"),
        ("tr", "oca şub mar nis may haz tem ağu eyl eki kas ara"),
        ("az", "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr"),
        ("az", "yan fev mar apr may iyn iyl avq sen okt noy dek"),
        ("ru", "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
        ("ru", "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь"),
        ("ru", "янв фев мар апр мая июн июл авг сен окт ноя дек"),
    ]

    @Test("months match in full and short, in any case, with and without diacritics (F24)", arguments: months)
    func month(language: String, names: String) {
        for (index, name) in names.split(separator: " ").map(String.init).enumerated() {
            let plain = name.replacing("ş", with: "s").replacing("ğ", with: "g").replacing("ı", with: "i")
                .replacing("é", with: "e").replacing("û", with: "u").replacing("ü", with: "u")
            let turkish = name.replacing("i", with: "İ").replacing("ı", with: "I").uppercased()
            for spelling in [name, name.uppercased(), turkish, name + ".", plain, plain.uppercased()] {
                let date = FeedDate.instant("13 \(spelling) 2020")
                #expect(date?.day == CivilDate(year: 2020, month: index + 1, day: 13), "\(language) \(spelling)")
            }
        }
    }

    @Test("no zone carries a date out of the years that can be written (F23)")
    func yearRange() {
        #expect(FeedDate.instant("31 Dec 9999 23:59:59 -1200") == nil)
        #expect(FeedDate.instant("Fri, 31 Dec 9999 23:59:59 -1200") == nil)
        #expect(FeedDate.instant("31 Dec 9999 23:59:59 +0000")?.day == CivilDate(year: 9999, month: 12, day: 31))
    }

    @Test("an unreadable date keeps its text, is a problem, and no other takes its place (F22)")
    func kept() throws {
        let feed = try FeedParser.parse(
            rss(
                "<item><pubDate>soon</pubDate><dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2026-11-21</dc:date></item>",
                head: "<title>t</title>"))
        let published = try #require(feed.items.first?.published)
        #expect(published == Item.ItemDate(instant: nil, raw: "soon", origin: "pubDate"))
        #expect(feed.problems.map(\.message) == ["a date that cannot be read: \"soon\""])
    }
}

@Suite struct FixedDateTests {
    @Test(
        "the quick reader of fixed layouts agrees with the one for all layouts (F23)",
        arguments: [
            "Sat, 21 Nov 2026 18:35:00 +0100", "21 Nov 2026 18:35:00 GMT", "Sat, 1 Nov 2026 08:05:09 Z",
            "sat, 01 NOV 2026 24:00:00 GMT", "Sat, 31 Nov 2026 18:35:00 GMT", "Sat, 21 Nov 2026 18:35:60 GMT",
            "Sat, 21 Nov 2026 25:35:00 GMT", "Sat, 21 Nov 2026 18:35:00 -0830", "Sat, 32 Nov 2026 18:35:00 GMT",
            "Sat, 21 Nov 2026 18:35:00 +2500", "Sat, 21 Nov 0026 18:35:00 GMT", "Sat, 00 Nov 2026 18:35:00 GMT",
        ])
    func agreement(text: String) {
        // Two spaces make it another layout with the same meaning.
        #expect(
            FeedDate.instant(text)
                == FeedDate.instant(text.replacing(" Nov", with: "  Nov").replacing(" NOV", with: "  NOV")))
    }

    @Test(
        "so does that of RFC 3339 (F23)",
        arguments: ["2026-11-21T18:35:00Z", "2026-11-21T18:35:00+05:30", "2026-02-30T00:00:00Z"])
    func internetDates(text: String) {
        #expect(FeedDate.instant(text) == FeedDate.instant(text.replacing("T", with: " ")))
    }
}
