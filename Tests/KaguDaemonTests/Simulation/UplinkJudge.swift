// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Which polls the loss of the uplink makes as if they had not been, and whether probing keeps its pace (P19).
struct UplinkJudge {
    /// The starts of polls that count nothing.
    private(set) var uncounted: Set<Duration> = []
    private(set) var violations: [Judge.Violation] = []

    init(_ polls: [String: [JudgedPoll]], _ record: SimulationRecord) {
        let authorities = Set(record.feeds.map { judgedAuthority($0.url) }).count
        let restarts: [Duration] = record.happenings.compactMap { happening in
            if case .died(let at) = happening { at } else { nil }
        }
        var lost: [JudgedPoll] = []
        var down: Duration?
        var lastProbe: Duration?
        var nextRestart = 0
        for poll in polls.values.joined().sorted(by: { $0.end < $1.end }) {
            while nextRestart < restarts.count, restarts[nextRestart] < poll.end {
                (lost, down, lastProbe) = ([], nil, nil)
                nextRestart += 1
            }
            if let since = down, poll.start > since {
                let isOrdered = record.happenings.contains { happening in
                    if case .ordered(poll.feed, let at, _) = happening {
                        at <= poll.start && poll.start - at < .seconds(60)
                    } else {
                        false
                    }
                }
                let gap = poll.start - (lastProbe ?? since)
                if gap < .seconds(59), !isOrdered {
                    violations.append(
                        Judge.Violation(
                            rule: "P19", at: poll.start, text: "\(poll.feed): tried \(gap) after the last probe"))
                }
                lastProbe = poll.start
            }
            switch poll.hasAnswered {
            case true?: (lost, down, lastProbe) = ([], nil, nil)
            case nil: if down != nil { uncounted.insert(poll.start) }
            case false?:
                if down != nil {
                    uncounted.insert(poll.start)
                    continue
                }
                lost.append(poll)
                if lost.count > 10 { lost.removeFirst() }
                let asked = Set(lost.map { judgedAuthority($0.last.url) }).count
                guard lost.count == 10, asked >= min(5, authorities) else { continue }
                for poll in lost { uncounted.insert(poll.start) }
                (lost, down, lastProbe) = ([], poll.end, nil)
            }
        }
    }
}
