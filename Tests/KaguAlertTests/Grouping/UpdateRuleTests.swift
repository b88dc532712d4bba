// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

/// Which updates of a story are told (R6, R7).
@Suite struct UpdateRuleTests {
    typealias Size = UpdateRule.Size

    private func verdict(
        _ rule: UpdateRule, _ told: Int, _ now: Int, from: Severity = .medium, to: Severity = .medium,
        isRevised: Bool = false, canEdit: Bool = false
    ) -> UpdateRule.Verdict {
        rule.verdict(
            told: Size(outlets: told, severity: from), now: Size(outlets: now, severity: to), isRevised: isRevised,
            canEdit: canEdit)
    }

    @Test(
        "with `steps` a story is told again when it passes 3, 10, 30 or 100 outlets",
        arguments: [(1, 2), (2, 3), (3, 9), (8, 12), (12, 29), (1, 40), (30, 99), (99, 100), (100, 500)])
    func steps(told: Int, now: Int) {
        let isStep = [3, 10, 30, 100].contains { told < $0 && $0 <= now }
        let next = [3, 10, 30, 100].first { $0 > now }
        #expect(verdict(.steps, told, now) == (isStep ? .post(.step) : .keep(untilOutlets: next)))
    }

    @Test("a rise of severity is news under `steps`, a fall is not")
    func severity() {
        #expect(verdict(.steps, 1, 2, from: .low, to: .high) == .post(.severity))
        #expect(verdict(.steps, 1, 2, from: .high, to: .high) == .keep(untilOutlets: 3))
    }

    @Test("`all` tells all, `none` none but revisions")
    func others() {
        #expect(verdict(.all, 1, 2) == .post(.update))
        #expect(verdict(.all, 2, 3) == .post(.step))
        #expect(verdict(.none, 2, 30, to: .critical) == .drop)
        for rule in UpdateRule.allCases { #expect(verdict(rule, 1, 1, isRevised: true) == .post(.revision)) }
    }

    @Test("receivers that edit always edit; with `steps` a step also posts anew")
    func editing() {
        for rule in UpdateRule.allCases { #expect(verdict(rule, 1, 2, canEdit: true) == .edit(.update)) }
        #expect(verdict(.steps, 2, 3, canEdit: true) == .editAndPost(.step))
        #expect(verdict(.all, 2, 3, canEdit: true) == .edit(.step))
    }

    @Test("totals that grow hit by hit are those of all hits together")
    func progress() {
        let hits = (0..<6).map { number in
            Hit.make(
                id: "h_\(number)", seen: Instant(seconds: 1_795_338_000 + Int64(number)),
                feed: .init(
                    id: "f\(number % 4)", title: "F", sourceClass: number % 2 == 0 ? .state : .unknown,
                    country: number == 1 ? nil : "C\(number)"),
                title: "Title \(number)", lang: ["fr", "tr"][number % 2], watches: ["w\(number % 3)"],
                entities: ["e\(5 - number)"], severity: Severity.allCases[number % 4], score: number * 10)
        }
        var progress = StoryProgress([hits[0]])
        progress.add(Array(hits[1..<3]))
        progress.add(Array(hits[3...]))
        var whole = StorySummary(hits)
        whole.opening = progress.summary.opening
        #expect(progress.summary == whole)
        #expect(progress.size == Size(outlets: 4, severity: .critical))
    }
}
