// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Watch files")
struct WatchFileTests {
    private func watchlist() throws -> Watchlist {
        try ConfigLoader(environment: [:]).loadWatchlist([Fixtures.directory + "good/watch-*.yaml"])
    }

    @Test("An entity keeps every key (M2)")
    func entity() throws {
        let entity = try #require(try watchlist().entities.first)
        #expect(entity.id == "org.big")
        #expect(entity.kind == .organisation)
        #expect(entity.name == "Baku Initiative Group")
        #expect(entity.context.map(\.id) == ["person.abbasov"])
        #expect(entity.hints.map(\.id) == ["place.baku"])
        #expect(entity.anchorFeeds == ["bakuinitiative.org"])
        #expect(entity.blocks == Blocks(left: ["Notorious"], right: ["Tech", "Data"], near: ["Ingels"]))
        #expect(entity.exceptions.map(\.text) == ["Bjarke Ingels Group", "Big Apple"])
        #expect(entity.exceptions.map(\.letterCase) == [.fold, .initial])
        #expect(entity.includes.map(\.id) == ["place.nc"])
        #expect(entity.bearers == ["Ayxan"])
        #expect(entity.weight == 70)
        #expect(entity.disputed == "merged")
        #expect(entity.note == "text")
        #expect(entity.location.line == 2)
        #expect(entity.context.first?.location.line == 9)
    }

    @Test("Aliases are text whatever they look like, and keep every key (M3)")
    func aliases() throws {
        let aliases = try #require(try watchlist().entities.first).aliases
        #expect(aliases.map(\.text) == ["Baku Initiative Group", "no", "1news", "BIG", "Leader"])
        #expect(aliases.map(\.language) == [.en, .en, .en, .en, .any])
        let big = aliases[3]
        #expect(big.letterCase == .exact)
        #expect(big.isAnchored)
        #expect(big.isAmbiguous)
        #expect(big.weight == 20)
        #expect(big.surname == nil)
        #expect(big.inflects)
        let leader = aliases[4]
        #expect(leader.surname == ["Ilham", "Heydar"])
        #expect(leader.form == .people)
        #expect(!leader.inflects)
        #expect(leader.from == Instant(year: 2003, month: 10, day: 31))
        #expect(leader.to == Instant(year: 2025, month: 1, day: 1))
        #expect(leader.needsVerification)
        #expect(leader.note == "checked")
        #expect(leader.location.line == 7)
    }

    @Test("Topics and groups keep every key (M4, M39, M42)")
    func topics() throws {
        let list = try watchlist()
        #expect(list.groups.map(\.id) == ["group.islands"])
        #expect(list.groups.first?.members.map(\.id) == ["place.nc", "place.mayotte"])
        let topic = try #require(list.topics.first)
        #expect(topic.threshold == 120)
        #expect(topic.terms.map(\.text) == ["curfew", "riot*", "clashes", "couvre-feu"])
        #expect(topic.terms.map(\.weight) == [60, 60, 40, 60])
        #expect(topic.terms[2].onlyInItsLanguage)
        #expect(topic.terms[2].letterCase == .initial)
        #expect(topic.terms[3].language == .fr)
        #expect(topic.against.map(\.text) == ["running riot"])
        #expect(topic.bonuses.map(\.when.text) == ["#unrest NEAR/30p @group.islands"])
        #expect(topic.bonuses.map(\.add) == [40])
    }

    @Test("Watches keep every key; block scalars arrive folded (M5, M6)")
    func watches() throws {
        let watches = try watchlist().watches
        #expect(watches.map(\.id) == ["unrest-islands", "short"])
        let watch = watches[0]
        #expect(watch.title == "Unrest on the islands")
        #expect(watch.when.text == "#unrest NEAR/40p @group.islands\n")
        #expect(watch.when.location.line == 4)
        #expect(watch.unless?.text == "#sport")
        #expect(watch.severity == .high)
        #expect(watch.threshold == 50)
        #expect(watch.fields == [.title, .summary])
        #expect(watch.languages == ["fr", "en"])
        #expect(watch.classes == [.state])
        #expect(watch.countries == ["FR", "NC"])
        #expect(watch.feeds == ["410"])
        #expect(!watch.isEnabled)
        #expect(watch.note == "n")
        #expect(watches[1].title == "short")
        #expect(watches[1].severity == .medium)
        #expect(watches[1].isEnabled)
    }

    @Test("A directory stands for its *.yaml in name order (M1)")
    func directory() throws {
        let scratch = ScratchDirectory()
        scratch.write("20.yaml", "watches: [{id: b, when: '\"b\"'}]\n")
        scratch.write("10.yaml", "watches: [{id: a, when: '\"a\"'}]\n")
        scratch.write("README.md", "no watch file\n")
        scratch.write("30.yaml", "")
        let list = try ConfigLoader(environment: [:]).loadWatchlist([scratch.path])
        #expect(list.watches.map(\.id) == ["a", "b"])
    }

    @Test("The shipped watch files load without a problem")
    func shipped() throws {
        let list = try ConfigLoader(environment: [:]).loadWatchlist([Fixtures.repository + "config/watches"])
        #expect(!list.entities.isEmpty)
        #expect(!list.watches.isEmpty)
    }
}
