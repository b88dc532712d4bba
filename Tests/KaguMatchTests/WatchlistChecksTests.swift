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

    @Test("a topic without terms, a group without members, an office that ends before it begins are refused (M57)")
    func empty() {
        var alias = Sample.alias("Harbour Master")
        alias.from = Instant(seconds: 100)
        alias.to = Instant(seconds: 100)
        let found = Self.problems {
            $0.topics.append(Topic(id: "topic.none", name: "None", terms: [], location: Sample.place))
            $0.groups.append(EntityGroup(id: "group.none", members: [], location: Sample.place))
            $0.entities.append(Sample.entity("org.master", [alias]))
        }
        #expect(
            found == [
                "\"Harbour Master\" ends before it begins; to is the day after its last",
                "group.none has no member", "topic.none has no term",
            ])
    }

    @Test("an entity does not anchor itself by naming itself a co-name (M57)")
    func selfAnchor() {
        var entity = Sample.entity("org.new", [Sample.alias("ABC", .en, .exact, anchored: true)])
        entity.context = [Reference("org.new", at: Sample.place)]
        #expect(
            Self.problems { $0.entities.append(entity) } == [
                "nothing can anchor \"ABC\"; give org.new a long form, context or anchors.feeds"
            ])
    }

    /// Watches that cannot fire, in ways that only meaning shows, and some that can.
    static let watches: [(when: String, unless: String?, threshold: Int, problem: String?)] = [
        ("@place.nc AND NOT @group.islands", nil, 0, "nothing can make the expression true"),
        ("@group.islands AND NOT @place.nc", nil, 0, nil),
        ("title:@place.nc AND NOT @place.nc", nil, 0, "nothing can make the expression true"),
        ("@place.nc AND NOT title:@place.nc", nil, 0, nil),
        ("url:@place.nc AND NOT @place.nc", nil, 0, nil),
        ("count(@place.nc) >= 2 AND NOT @place.nc", nil, 0, "nothing can make the expression true"),
        ("count(@place.nc) > 3 AND count(@place.nc) < 2", nil, 0, "nothing can make the expression true"),
        ("count(@place.nc) > 1 AND count(@place.nc) < 3", nil, 0, nil),
        ("count(@place.nc) < 0", nil, 0, "nothing can make the expression true"),
        ("@place.nc AND lang:en AND lang:fr", nil, 0, "nothing can make the expression true"),
        ("@place.nc AND lang:(en, fr) AND lang:(fr, tr)", nil, 0, nil),
        (
            "@place.nc AND class:state AND NOT class:(state, independent)", nil, 0,
            "nothing can make the expression true"
        ),
        ("#unrest NEAR/9 @place.nc AND NOT #unrest", nil, 0, nil),
        ("@place.nc", "@place.nc", 0, "whenever when holds, unless holds too: the watch cannot fire"),
        (
            "@place.nc AND @place.baku", "@group.islands OR @org.big", 0,
            "whenever when holds, unless holds too: the watch cannot fire"
        ),
        ("@group.islands", "@place.nc", 0, nil),
        ("@place.nc", nil, 361, "no item can reach the threshold 361; this expression gives 360 at most"),
        ("@place.nc", nil, 360, nil),
        ("@place.nc NEAR/9 @place.baku", nil, 760, nil),
        (
            "@place.nc NEAR/9 @place.baku AND NOT @org.big", nil, 761,
            "no item can reach the threshold 761; this expression gives 760 at most"
        ),
    ]

    @Test("a watch that nothing can fire is refused, one that something can is not (M57)", arguments: watches)
    func watchThatCannotFire(_ when: String, _ unless: String?, _ threshold: Int, _ problem: String?) {
        let found = Self.problems {
            $0.watches.append(
                Watch(
                    id: "new", title: "new", when: ExpressionSource(when, at: Sample.place),
                    unless: unless.map { ExpressionSource($0, at: Sample.place) }, threshold: threshold,
                    location: Sample.place))
        }
        #expect(found == (problem.map { [$0] } ?? []))
    }

    @Test("filters that exclude each other are refused (M57)")
    func filters() {
        let found = Self.problems {
            $0.watches.append(
                Watch(
                    id: "new", title: "new", when: ExpressionSource("@place.nc AND lang:fr", at: Sample.place),
                    languages: ["en"], location: Sample.place))
        }
        #expect(found == ["no item that passes the watch's filters can make the expression true"])
    }

    @Test(
        "a watch that a feed or language alone fires is warned of (M58)",
        arguments: [
            ("lang:en", true), ("class:state AND NOT @place.nc", true), ("@place.nc OR lang:en", true),
            ("@place.nc AND lang:en", false), ("@place.nc AND NOT @place.baku", false),
        ])
    func firesOnNothing(_ when: String, _ isWarned: Bool) throws {
        #expect(try Sample.matcher([Sample.watch("new", when)]).warnings.isEmpty != isWarned)
    }

    @Test("a topic out of its threshold's reach is refused alone and warned of beside others (M57, M58)")
    func topicOutOfReach() throws {
        var watchlist = Sample.watchlist()
        watchlist.topics.append(
            Topic(
                id: "topic.words", name: "Words", threshold: 361, terms: [Sample.term("harbour")],
                location: Sample.place))
        func watch(_ when: String) -> Watch {
            Watch(id: "new", title: "new", when: ExpressionSource(when, at: Sample.place), location: Sample.place)
        }
        #expect(
            Self.problems {
                $0.topics = watchlist.topics
                $0.watches.append(watch("#words"))
            } == ["nothing can make the expression true; topic.words cannot reach its threshold 361"])
        watchlist.watches.append(watch("#words NEAR/9 @place.nc OR @org.big"))
        #expect(try Matcher(watchlist).warnings.isEmpty)
        watchlist.watches[watchlist.watches.count - 1] = watch("#words AND @place.nc OR @org.big")
        #expect(
            try Matcher(watchlist).warnings.map(\.message) == [
                "topic.words cannot reach its threshold 361; without NEAR it is never true"
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
