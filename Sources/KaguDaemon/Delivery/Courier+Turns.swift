// SPDX-License-Identifier: Apache-2.0

/// Turns: a round, a reload and an operator's order each read the store, decide and write, and wait between. One at a
/// time, in the order of asking, so that none decides by what another is just changing.
///
/// Attempts take no turn: their answers change a receiver's state in memory at once, and its row with their record.
extension Courier {
    /// Who has the turn, and who waits for it.
    struct Turns {
        fileprivate var isTaken = false
        fileprivate var waiting: [CheckedContinuation<Void, Never>] = []
        /// Receivers with orders that wait until nothing is under way to them, and how many: nothing more is begun.
        fileprivate var ordered: [String: Int] = [:]
    }

    /// Whether an operator's order waits until nothing is under way to a receiver.
    func isOrdered(_ receiver: String) -> Bool { turns.ordered[receiver] != nil }

    /// Waits for the turn; whoever has it calls `endTurn`.
    func beginTurn() async {
        guard turns.isTaken else {
            turns.isTaken = true
            return
        }
        await withCheckedContinuation { turns.waiting.append($0) }
    }

    /// Gives the turn to who waits longest.
    func endTurn() {
        guard !turns.waiting.isEmpty else {
            turns.isTaken = false
            return
        }
        turns.waiting.removeFirst().resume()
    }

    /// Waits for the turn at a moment when nothing is under way to a receiver: what an attempt brings would
    /// overwrite the operator's word. A backlog has to wait meanwhile, or the moment would not come before its end.
    func beginTurn(whenIdle receiver: String) async {
        turns.ordered[receiver, default: 0] += 1
        defer {
            let others = turns.ordered[receiver, default: 1] - 1
            turns.ordered[receiver] = others > 0 ? others : nil
        }
        while true {
            await beginTurn()
            guard let attempt = inFlight[receiver] else { return }
            endTurn()
            await attempt.value
        }
    }
}
