// SPDX-License-Identifier: Apache-2.0

import KaguModel

@testable import KaguMatch

/// A small watchlist about the subject, in Swift values, with every kind of alias that the rules know.
enum Sample {
    static let place = SourceLocation(file: "sample.yaml", line: 7, column: 11)

    static func alias(
        _ text: String, _ language: AliasLanguage = .en, _ letterCase: CaseRule = .fold, anchored: Bool = false,
        ambiguous: Bool = false, surname: [String]? = nil, form: Alias.Form = .name, inflects: Bool = true,
        weight: Int? = nil, from: String? = nil
    ) -> Alias {
        Alias(
            text, language: language, letterCase: letterCase, isAnchored: anchored, isAmbiguous: ambiguous,
            surname: surname, form: form, inflects: inflects, weight: weight,
            from: from.flatMap { CivilDate($0)?.start }, location: place)
    }

    static func entity(
        _ id: String, _ aliases: [Alias], context: [String] = [], hints: [String] = [], feeds: [String] = [],
        blocks: Blocks = Blocks(), except: [String] = [], includes: [String] = [], bearers: [String] = []
    ) -> Entity {
        Entity(
            id: id, kind: .organisation, name: id, aliases: aliases,
            context: context.map { Reference($0, at: place) },
            hints: hints.map { Reference($0, at: place) }, anchorFeeds: feeds, blocks: blocks,
            exceptions: except.map { ExceptedName($0, language: .any, location: place) },
            includes: includes.map { Reference($0, at: place) }, bearers: bearers, location: place)
    }

    static func term(_ text: String, _ language: AliasLanguage = .en, weight: Int = 60) -> TopicTerm {
        TopicTerm(text, language: language, weight: weight, location: place)
    }

    static func expression(_ text: String) -> ExpressionSource { ExpressionSource(text, at: place) }

    static func watch(
        _ id: String, _ when: String, unless: String? = nil, severity: Severity = .medium, threshold: Int = 0,
        fields: [Watch.Field] = [], languages: [String] = [], classes: [SourceClass] = []
    ) -> Watch {
        Watch(
            id: id, title: id, when: expression(when), unless: unless.map(expression), severity: severity,
            threshold: threshold, fields: fields, languages: languages, classes: classes, location: place)
    }

    static let group = entity(
        "org.big",
        [
            alias("Baku Initiative Group"), alias("Baku Group", .en, .initial),
            alias("BIG", .en, .exact, anchored: true),
            alias("Groupe d'initiative de Bakou", .fr), alias("GIB", .fr, .exact, anchored: true),
            alias("Bakü İnisiyatif Grubu", .tr), alias("Bakı Təşəbbüs Qrupu", .az),
            alias("BTQ", .az, .exact, anchored: true), alias("Бакинская инициативная группа", .ru),
            alias("БИГ", .ru, .exact, anchored: true),
        ],
        context: ["person.abbasov"], hints: ["place.baku"], feeds: ["bakuinitiative.org"],
        blocks: Blocks(left: ["Notorious", "Mr."], right: ["Tech", "Data"], near: ["Ingels"]),
        except: ["Bjarke Ingels Group"])

    static let aliyev = entity(
        "person.aliyev",
        [
            alias("Ilham Aliyev"), alias("Azerbaijan's President", from: "2003-10-31"),
            alias("Aliyev", .en, .initial, surname: ["Ilham"]), alias("Aliyev", .tr, .initial, surname: ["İlham"]),
            alias("İlham Əliyev", .az), alias("Əliyev", .az, .initial, surname: ["İlham"]),
            alias("Ильхам Алиев", .ru), alias("Алиев", .ru, .initial, surname: ["Ильхам"]),
        ],
        includes: ["place.azerbaijan"], bearers: ["Heydar", "Heydər", "Гейдар"])

    static let people: [Entity] = [
        aliyev,
        entity(
            "person.macron",
            [
                alias("Emmanuel Macron", .fr), alias("Macron", .fr, .initial, surname: ["Emmanuel"]),
                alias("Macron", .tr, .initial, surname: ["Emmanuel"]),
                alias("Makron", .az, .initial, surname: ["Emmanuel"]),
                alias("Макрон", .ru, .initial, surname: ["Эммануэль"]),
            ],
            blocks: Blocks(right: ["kit", "jersey"]), bearers: ["Brigitte"]),
        entity(
            "person.abbasov",
            [alias("Abbas Abbasov"), alias("Abbasov", .en, .initial, anchored: true, surname: ["Abbas"])],
            context: ["org.big"]),
        entity(
            "person.wals",
            [alias("Manuel Valls"), alias("Вальс", .ru, .initial, ambiguous: true, surname: ["Мануэль"])]),
        entity(
            "people.kanak",
            [
                alias("Kanak", .en, .initial, form: .people), alias("canaque", .fr, form: .people),
                alias("канак", .ru),
            ],
            blocks: Blocks(right: ["Sprak"])),
    ]

    static let places: [Entity] = [
        entity(
            "place.nc",
            [
                alias("New Caledonia"), alias("Caledonia", .en, .initial, anchored: true),
                alias("Kanaky", .en, .initial), alias("Nouvelle-Calédonie", .fr),
                alias("calédonien", .fr, form: .demonym), alias("Yeni Kaledonya", .tr),
                alias("Yeni Kaledoniya", .az), alias("Новая Каледония", .ru), alias("新喀里多尼亚", .zh),
            ],
            blocks: Blocks(right: ["MacBrayne"]), except: ["Caledonian Canal"]),
        entity("place.noumea", [alias("Nouméa", .fr), alias("Numea", .az), alias("Нумеа", .ru)]),
        entity(
            "place.france",
            [alias("France", .en, .initial), alias("Fransa", .tr, .initial), alias("Франция", .ru, .initial)],
            except: ["Tour de France", "Île-de-France"]),
        entity("media.rf", [alias("Radio France")]),
        entity(
            "place.baku",
            [alias("Baku", .en, .initial), alias("Bakü", .tr, .initial), alias("Bakı", .az, .initial)]),
        entity(
            "place.azerbaijan",
            [
                alias("Azerbaijan"), alias("Azerbaïdjan", .fr), alias("azerbaïdjanais", .fr, form: .demonym),
                alias("Azerbaycan", .tr), alias("Azərbaycan", .az), alias("Азербайджан", .ru),
            ]),
        entity("place.corsica", [alias("Corse", .fr, .initial), alias("Korsika", .tr, .initial)]),
        entity("place.tirana", [alias("Tirana"), alias("Tiran", .tr, .initial, ambiguous: true)]),
        entity("place.reunion", [alias("La Réunion", .fr, .initial, ambiguous: true), alias("Réunion Island")]),
        entity("org.congress", [alias("Congress of New Caledonia")], includes: ["place.nc"]),
        entity("media.report", [alias("report.az")]),
        entity("place.seoul", [alias("서울", .any, .exact, anchored: true), alias("Seoul")]),
    ]

    static let topics: [Topic] = [
        Topic(
            id: "topic.unrest", name: "Unrest",
            terms: [
                term("riot*"), term("curfew"), term("tear gas", weight: 40), term("émeut*", .fr),
                term("couvre-feu", .fr),
            ],
            against: [term("Quiet Riot", weight: 100)],
            bonuses: [TopicBonus(when: expression("#unrest NEAR/30p @group.islands"), add: 40)], location: place),
        Topic(id: "topic.sport", name: "Sport", terms: [term("football"), term("goal*")], location: place),
    ]

    static let groups: [EntityGroup] = [
        EntityGroup(
            id: "group.islands", members: [Reference("place.nc", at: place), Reference("group.other", at: place)],
            location: place),
        EntityGroup(id: "group.other", members: [Reference("place.corsica", at: place)], location: place),
    ]

    static func watchlist(_ watches: [Watch] = []) -> Watchlist {
        Watchlist(entities: [group] + people + places, groups: groups, topics: topics, watches: watches)
    }

    /// A matcher over the sample with these watches.
    static func matcher(_ watches: [Watch] = []) throws -> Matcher { try Matcher(watchlist(watches)) }

    /// A document of content only.
    static func content(_ text: String) -> Document { Document(content: text) }
}
