// SPDX-License-Identifier: Apache-2.0

/// A binary heap of elements by deadline, the earliest first; equal deadlines come out in no certain order.
struct DeadlineHeap<Deadline: Comparable & Sendable, Element: Sendable>: Sendable {
    private var nodes: [(deadline: Deadline, element: Element)] = []

    /// The number of elements.
    var count: Int { nodes.count }

    /// The earliest deadline.
    var earliest: Deadline? { nodes.first?.deadline }

    /// Adds an element.
    mutating func insert(_ element: Element, at deadline: Deadline) {
        nodes.append((deadline, element))
        var child = nodes.count - 1
        while child > 0, nodes[child].deadline < nodes[(child - 1) / 2].deadline {
            nodes.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the earliest element whose deadline is not after `now`.
    mutating func popDue(at now: Deadline) -> Element? {
        guard let first = nodes.first, first.deadline <= now else { return nil }
        let last = nodes.removeLast()
        guard !nodes.isEmpty else { return first.element }
        nodes[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < nodes.count && nodes[child].deadline < nodes[least].deadline {
                least = child
            }
            guard least != parent else { return first.element }
            nodes.swapAt(parent, least)
            parent = least
        }
    }

    /// Removes everything.
    mutating func removeAll() { nodes = [] }
}
