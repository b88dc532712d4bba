// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@testable import KaguMatch

@Suite("What a watchlist must not say")
struct WatchlistChecksTests {
    private static func problems(_ change: (inout Watchlist) -> Void) -> [String] {
        var watchlist = Sample.watchlist()
        change(&watchlist)
        do {
            _ = try Matcher(watchlist)
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    @Test("duplicate ids are refused (M57)")
    func duplicates() {
        let found = Self.problems { $0.entities.append($0.entities[0]) }
        #expect(found == ["the id \"org.big\" is taken; it is defined at sample.yaml:7:11"])
    }

    @Test("groups that contain themselves are refused (M57)")
    func cycles() {
        let found = Self.problems { $0.groups[1].members.append(Reference("group.islands", at: Sample.place)) }
        #expect(
            found == [
                "the group contains itself: group.islands → group.other → group.islands",
                "the group contains itself: group.other → group.islands → group.other",
            ])
    }

    @Test("unknown references are refused with the nearest id (M56)")
    func references() {
        let found = Self.problems { $0.entities[0].context.append(Reference("person.macro", at: Sample.place)) }
        #expect(found == ["there is no entity or group \"person.macro\"; did you mean \"person.macron\"?"])
    }

    static let aliases: [(Alias, String)] = [
        (Sample.alias("Xi"), "the alias \"Xi\" has under three letters; give it case: exact and anchored: true"),
        (Sample.alias("Azer*"), "\"Azer*\": a star stands in topic terms only"),
        (Sample.alias("!?"), "the alias \"!?\" has no letter"),
        (
            Sample.alias("ABC", .en, .exact, anchored: true),
            "nothing can anchor \"ABC\"; give org.new a long form, context or anchors.feeds"
        ),
    ]

    @Test("aliases that would match anything or nothing are refused (M57)", arguments: aliases)
    func refusesAlias(_ alias: Alias, _ message: String) {
        #expect(Self.problems { $0.entities.append(Sample.entity("org.new", [alias])) } == [message])
    }

    @Test("an entity without alias is refused (M57)")
    func noAlias() {
        #expect(Self.problems { $0.entities.append(Sample.entity("org.new", [])) } == ["org.new has no alias"])
    }

    @Test("a star needs three letters before it and a word's end after it (M4, M57)")
    func stars() {
        let found = Self.problems {
            $0.topics[0].terms += [Sample.term("ri*"), Sample.term("riot*s"), Sample.term("прав* человека")]
        }
        #expect(
            found == [
                "\"ri*\": a star stands after three letters at least",
                "\"riot*s\": a star stands at the end of a word only",
            ])
    }

    @Test("odd but usable definitions are warned of (M58)")
    func warnings() throws {
        var watchlist = Sample.watchlist()
        #expect(try Matcher(watchlist).warnings.isEmpty)
        var marked = Sample.alias("Kanakia")
        marked.needsVerification = true
        watchlist.entities.append(
            Sample.entity("place.twin", [Sample.alias("Tirana"), Sample.alias("RFO"), marked]))
        watchlist.topics[0].terms.append(Sample.term("insurrection", weight: 100))
        let warnings = try Matcher(watchlist).warnings
        #expect(
            warnings.map(\.message) == [
                "\"RFO\" is all capitals and short; give it case: exact",
                "the alias \"Kanakia\" is marked verify",
                "\"Tirana\" is an alias of place.tirana too; mark one ambiguous, or let one include the other",
                "the term \"insurrection\" alone reaches the threshold 100",
            ])
        #expect(warnings.allSatisfy { $0.severity == .warning })
    }
}
