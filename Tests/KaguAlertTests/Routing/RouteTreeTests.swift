// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

@Suite("Route tree")
struct RouteTreeTests {
    private static let tree = RouteTree(
        root: Route(
            receiver: "desk",
            routes: [
                Route(
                    name: "urgent", path: "route.routes[0]",
                    matchers: [.make(.severity, .matches, "high|critical"), .make(.watch, .equals, "gib")],
                    receiver: "phone", continues: true),
                Route(
                    path: "route.routes[1]", matchers: [.make(.class, .equals, "state")], receiver: "room",
                    groupBy: [.feed],
                    routes: [
                        Route(
                            path: "route.routes[1].routes[0]", matchers: [.make(.lang, .equals, "az")],
                            groupWait: .seconds(1)),
                        Route(
                            path: "route.routes[1].routes[1]", matchers: [.make(.country, .equals, "")],
                            receiver: "none"),
                    ]),
                Route(path: "route.routes[2]", matchers: [.make(.lang, .differs, "en")], receiver: "phone"),
            ]))

    private static func hit(
        watches: [String] = ["gib"], severity: Severity = .medium, sourceClass: SourceClass = .independent,
        lang: String = "en", country: String? = "FR"
    ) -> Hit {
        .make(
            feed: .init(id: "f", title: "F", sourceClass: sourceClass, country: country), lang: lang,
            watches: watches, severity: severity)
    }

    @Test(
        "the deepest match takes the hit, and siblings are tried only after continue (R3)",
        arguments: [
            (hit(), ["desk by route"]),
            (hit(severity: .high), ["phone by urgent"]),
            (hit(watches: ["other"], severity: .high), ["desk by route"]),
            (hit(sourceClass: .state, lang: "az"), ["room by route.routes[1].routes[0]"]),
            (hit(sourceClass: .state, lang: "fr"), ["room by route.routes[1]"]),
            (hit(severity: .critical, sourceClass: .state), ["phone by urgent", "room by route.routes[1]"]),
            (hit(lang: "tr"), ["phone by route.routes[2]"]),
        ])
    func deepestMatch(hit: Hit, expected: [String]) {
        #expect(Self.tree.destinations(for: hit).map { "\($0.receiver) by \($0.route)" } == expected)
    }

    @Test("a receiver is owed a hit once, by the first route that names it (D5)")
    func oncePerReceiver() {
        let hit = Self.hit(severity: .high, lang: "tr")
        #expect(Self.tree.matches(for: AlertLabels(hit)).map(\.route) == ["urgent", "route.routes[2]"])
        #expect(Self.tree.destinations(for: hit).map(\.route) == ["urgent"])
    }

    @Test("receiver none is no destination, and an absent label is an empty one (R1, R2)")
    func noReceiver() {
        let hit = Self.hit(sourceClass: .state, country: nil)
        #expect(Self.tree.matches(for: AlertLabels(hit)).map(\.receiver) == ["none"])
        #expect(Self.tree.destinations(for: hit).isEmpty)
    }

    @Test("unset keys are inherited, at the root from R1 (R3)")
    func inheritance() throws {
        let child = try #require(Self.tree.destinations(for: Self.hit(sourceClass: .state, lang: "az")).first)
        #expect(
            child
                == Destination(
                    receiver: "room", route: "route.routes[1].routes[0]", groupBy: [.feed], groupWait: .seconds(1),
                    groupInterval: .seconds(300), maximumPerHour: 20))
        #expect(RouteTree(root: Route()).matches(for: AlertLabels([:])).first?.receiver == "none")
    }

    @Test(
        "expressions are anchored, several values need one that fits, negations need none (R2)",
        arguments: [
            ("watch=\"b\"", true), ("watch!=\"b\"", false), ("watch!=\"c\"", true), ("watch=~\"b\"", true),
            ("watch=~\"b|c\"", true), ("watch=~\"c|d\"", false), ("watch!~\"c|d\"", true),
            ("watch!~\"b|x\"", false),
            ("watch=~\"\"", false), ("country=~\"\"", true), ("country=\"\"", true), ("feed=~\"lemonde\"", false),
            ("feed=~\"lemonde.*\"", true), ("feed=~\"monde-une\"", false), ("feed=~\".*-une\"", true),
            ("feed=~\"le(monde|figaro)-[a-z]+\"", true), ("feed!~\"le(figaro|parisien).*\"", true),
            ("feed=~\"lemonde-une|lemonde\"", true), ("feed=~\"lemonde|lemonde-une$\"", true),
            ("feed=~\"lemonde(\"", false), ("severity=~\"high|critical\"", false), ("type=\"hit\"", true),
        ])
    func matchers(text: String, holds: Bool) throws {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        let label = try #require(LabelMatcher.Label(rawValue: parts[0].filter(\.isLetter)))
        let operation = try #require(LabelMatcher.Operation(rawValue: parts[0].filter { !$0.isLetter }))
        let matcher = LabelMatcher(label: label, operation: operation, value: String(parts[1]))
        let tree = RouteTree(root: Route(routes: [Route(matchers: [matcher], receiver: "there")]))
        let hit = Hit.make(
            feed: .init(id: "lemonde-une", title: "", sourceClass: .independent), watches: ["a", "b"])
        #expect(tree.destinations(for: hit).map(\.receiver) == (holds ? ["there"] : []))
    }
}

extension LabelMatcher {
    static func make(_ label: Label, _ operation: Operation, _ value: String) -> LabelMatcher {
        LabelMatcher(label: label, operation: operation, value: value)
    }
}
