// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

/// Shapes that generated texts seldom have, each the only one that tells a rule from a likely mistake in it.
@Suite("Rare texts beside the slow matcher")
struct ReferenceRareTests {
    private static let watchlist: Watchlist = {
        var watchlist = Sample.watchlist()
        watchlist.entities += [
            Sample.entity("place.st_martin", [Sample.alias("St. Martin", .en, .initial)]),
            Sample.entity("org.onx", [Sample.alias("OnX", .en, .exact)]),
            Sample.entity(
                "person.durand",
                [
                    Sample.alias("Anna Durand", .fr),
                    Sample.alias("Durand", .fr, .initial, surname: ["Anna"]),
                    Sample.alias("préfète", .fr, anchored: true),
                ], blocks: Blocks(left: ["hôtel"], right: ["kit"]), bearers: ["Chef", "Marie Claude"]),
            Sample.entity("org.desk", [Sample.alias("Foreign Desk"), Sample.alias("France Desk", anchored: true)]),
            Sample.entity("org.rival", [Sample.alias("Rival Press")]),
            Sample.entity("org.other", [Sample.alias("Other Press")], except: ["Rival Press"]),
            Sample.entity(
                "place.reka", [Sample.alias("Reka", ambiguous: true), Sample.alias("River Reka")],
                context: ["org.desk"]),
            Sample.entity("place.cin", [Sample.alias("Çin", .tr, .initial)]),
            Sample.entity("people.caldoche", [Sample.alias("caldochien", .fr, form: .demonym)]),
            Sample.entity("people.canaco", [Sample.alias("canaco", .es, form: .demonym)]),
        ]
        return watchlist
    }()

    static let texts: [(text: String, rule: String)] = [
        ("Bakıa gedib. Baküe. Bakıı.", "M24: a name of four letters with an ending of one"),
        ("Çinde, Çin'de, Çine", "M24: three letters take no chain without an apostrophe"),
        ("St Martin, St. Martin, St-Martin and #StMartin", "M16: a space may stand for the full stop and space"),
        ("Baku.com and New Caledonia.org, Kanaky.nc", "M17: a domain behind a name"),
        ("OnX, ONX, onx, ONx", "M27: exact asks for small letters too"),
        ("Baku Initiative Group. BIG, Tech, Notorious, BIG (Data) said", "M29: a comma parts neighbours"),
        (
            "Baku Initiative Group. BIG/Tech, BIG-Tech, BIG Tech, Notorious\nBIG",
            "M29: a slash and a line part them"
        ),
        ("Brigitte Macron kit", "M29 goes before M30"),
        ("Chef Durand; le chef Durand; Marie Claude Durand; Claude Durand", "M30: bearers go before titles"),
        ("МИНИСТР ВАЛЬС ПРИЛЕТЕЛ СЕГОДНЯ УТРОМ", "M30: a title lifts the doubt of capitals"),
        ("МИНИСТР ВАЛЬС ПРИЛЕТЕЛ СЕГОДНЯ УТРОМ\nManuel Valls", "M30: which is told even beside a long form"),
        ("Anna Durand. A. Durand, A.Durand, B. Durand, AB Durand", "M30: initials"),
        ("Why Protesters Across Brazil Want Durand Gone", "M30: a title-case segment"),
        ("Baku Group Tech. Baku group Tech", "M31: what a block rejects hides nothing"),
        ("caldochiennes caldochienne caldochiens caldochiennez", "M23: French"),
        ("canacos, canacas, canaca, canacoes", "M23: Spanish"),
        ("Azərbaycandırt, Azerbaycandır, Azerbaycan'dırt, Azərbaycantan", "M24: Azerbaijani has d only"),
        ("Yeni Kaledonyalılarımızdanmış, Yeni Kaledonyalılarımızdan", "M24: twelve letters, not thirteen"),
        ("Fransaymış, Fransadır, Bakıysa", "M24: the copula"),
        ("Əliyeva, Əliyevə. Əliyeva gəldi. Алиева. Вчера Алиева", "M25, M30: harmony and gender"),
        ("B.I.G. of the Baku Initiative Group, B.I.G", "M14: letters with full stops"),
        ("quoiqu'Azerbaïdjan, puisqu’Azerbaïdjan, xqu'Azerbaïdjan", "M15: elisions"),
        ("Baku Initiative Group's BIG's, BIG-in, BIG-IN, Big-in", "M22: after a hyphen"),
        ("Tiran'da zirve. Tiran zirvesi.", "M28: an apostrophe shows a proper noun"),
        ("LA RÉUNION DE CE SOIR. Réunion Island", "M28: capitals prove nothing, a long form does"),
        ("BIG PROTESTS HIT THE TOWN\nAbbas Abbasov spoke", "M32: no co-name anchors what is in doubt"),
        ("Related\n\nNew Caledonia\n\nCaledonia it is. And more text here.", "M21, M35: boilerplate is not strong"),
        ("Caledonia. Abbasov and BIG", "M35: what is anchored anchors nothing"),
        ("Aliyev said. Azerbaijan's President Aliyev", "M35: a surname is not strong"),
        ("Durand parle. La préfète répond.", "M35: nor vouches a surname for an anchored alias"),
        ("Anna Durand parle. La préfète répond.", "M32: a full name does"),
        ("France Desk opened.", "M34: what falls without evidence releases what it hid"),
        ("Foreign Desk, that is France Desk.", "M31: what stands hides it"),
        ("Rival Press printed it.", "M31: an excepted name wins a tie"),
        ("Reka runs. Foreign Desk opened.", "M32: a co-name for a plain alias in doubt"),
        ("Yeni Kaledonyalılarımızdaki", "M24: a chain of thirteen letters"),
        ("BIG and Abbasov", "M35: an acronym that the feed anchors anchors nobody"),
        ("Tour de France, Île-de-France, Radio France, France", "M31: excepted names"),
        ("Congress of New Caledonia", "M2: what a name includes"),
        ("Caledonian Canal and Caledonia MacBrayne in New Caledonia", "M29, M31"),
        ("Ingels spoke. BIG won, said Ingels. Baku Initiative Group", "M29: near, and a strong mention"),
        ("Ingels: the Baku Group", "M29: near before the name"),
    ]

    @Test("rare shapes are judged as the rules say", arguments: texts)
    func agrees(_ text: String, _ rule: String) throws {
        let matcher = try Matcher(Self.watchlist)
        let reference = ReferenceMatcher(Self.watchlist)
        var linked = Document(content: text)
        linked.url = "https://www.bakuinitiative.org/baku-group"
        for document in [Document(content: text), Document(title: text), linked] {
            let slow = reference.mentions(document)
            let fast = matcher.match(document, explaining: true).mentions
                .filter { $0.reason != "case" && !$0.reason.hasPrefix("ending:") }.map(ReferenceMatcher.Line.init)
            #expect(fast == slow, "\(rule)")
            #expect(
                matcher.match(document).mentions.map(ReferenceMatcher.Line.init)
                    == slow.filter { $0.state != "rejected" }, "\(rule)")
        }
    }

    @Test(
        "every Russian form of the table is found, and no other (M26)",
        arguments: [
            (
                "Алиев", ["Алиева", "Алиеву", "Алиевым", "Алиеве", "Алиевы", "Алиевых", "Алиевыми"],
                ["Алиевой", "Алиевом2"]
            ),
            (
                "Новая Каледония", ["Новой Каледонии", "Новую Каледонию", "Новою Каледонией", "Новой Каледоний"],
                ["Новый Каледонский"]
            ),
            (
                "Франция", ["Франции", "Францию", "Францией", "Франциею", "Франций", "Франциями"],
                ["Францию2", "Францы"]
            ),
            ("Баку", [], ["Бака", "Баки", "Баком"]),
            ("Нумеа", [], ["Нумее", "Нумеи"]),
            ("канак", ["канака", "канаком", "канаки", "канаков", "канакам"], ["канакский", "канакой"]),
        ])
    func russian(_ name: String, _ found: [String], _ missed: [String]) throws {
        let entity = Sample.entity("org.name", [Sample.alias(name, .ru)])
        let matcher = try Matcher(Watchlist(entities: [entity], groups: [], topics: [], watches: []))
        for text in [name] + found {
            #expect(matcher.match(Document(content: text)).entities == ["org.name"], "\(text)")
        }
        for text in missed { #expect(matcher.match(Document(content: text)).entities.isEmpty, "\(text)") }
    }
}
