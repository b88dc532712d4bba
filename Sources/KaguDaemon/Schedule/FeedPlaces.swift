// SPDX-License-Identifier: Apache-2.0

/// Where every feed is between two polls: a value that costs a few dozen bytes a feed (B14).
///
/// A feed keeps its number while it is listed or in flight. Queues hold `FeedTicket`s; whoever moves a feed makes
/// the tickets of its earlier places void, instead of searching for them.
struct FeedPlaces: Sendable {
    /// The stations of a feed.
    enum Phase: UInt8, Sendable {
        /// In no queue: halted, or polled under `--once`.
        case idle
        /// In the due queue.
        case resting
        /// In the line of its authority.
        case inLine
        /// Due while the uplink is down (P19).
        case parked
        /// Its poll is under way.
        case inFlight
    }

    /// One feed's place.
    struct Place: Sendable {
        /// Its index in the plan; negative when it is listed no more.
        var index: Int32
        /// The number of the authority that its next poll asks first.
        var authority: Int32
        /// Grows when tickets become void.
        fileprivate(set) var generation: UInt32 = 0
        fileprivate(set) var phase: Phase = .idle
        /// Whether it is not polled unasked: gone, or paused.
        var isHalted = false
        /// Whether an operator has paused it, whatever a poll in flight comes to.
        var isPaused = false
        /// Not before then on the monotonic clock, in milliseconds, also by an operator's order (P21).
        var heldUntil: Int64 = 0
    }

    private var places: [Place] = []
    private var numbers: [String: Int32] = [:]
    private var free: [Int32] = []
    /// Feeds that rest, stand in line or are parked.
    private(set) var waitingCount = 0
    /// Feeds that stand in line or are parked.
    private(set) var dueCount = 0

    /// The number of a feed; nil when it is neither listed nor in flight.
    func number(of id: String) -> Int32? { numbers[id] }

    /// The place with that number.
    subscript(number: Int32) -> Place {
        get { places[Int(number)] }
        set { places[Int(number)] = newValue }
    }

    /// All feeds that have a number.
    var all: some Sequence<(id: String, number: Int32)> { numbers.lazy.map { (id: $0.key, number: $0.value) } }

    /// How many feeds have a number.
    var count: Int { numbers.count }

    /// Gives a feed a place; it is idle first.
    mutating func add(_ id: String, index: Int32, authority: Int32) -> Int32 {
        var place = Place(index: index, authority: authority)
        if let number = free.popLast() {
            place.generation = places[Int(number)].generation &+ 1
            places[Int(number)] = place
            numbers[id] = number
            return number
        }
        places.append(place)
        let number = Int32(places.count - 1)
        numbers[id] = number
        return number
    }

    /// Takes a feed's place away; its number may go to another.
    mutating func remove(_ id: String) {
        guard let number = numbers.removeValue(forKey: id) else { return }
        _ = move(number, to: .idle)
        free.append(number)
    }

    /// Moves a feed to another station; returns the ticket for its queue, and makes the earlier ones void.
    mutating func move(_ number: Int32, to phase: Phase) -> FeedTicket {
        let old = places[Int(number)].phase
        waitingCount += (phase.isWaiting ? 1 : 0) - (old.isWaiting ? 1 : 0)
        dueCount += (phase.isDue ? 1 : 0) - (old.isDue ? 1 : 0)
        places[Int(number)].phase = phase
        places[Int(number)].generation &+= 1
        return FeedTicket(number: number, generation: places[Int(number)].generation)
    }

    /// Whether the feed still stands where the ticket was given out.
    func isValid(_ ticket: FeedTicket) -> Bool { places[Int(ticket.number)].generation == ticket.generation }
}

/// A feed's claim to a place in a queue.
struct FeedTicket: Hashable, Sendable {
    let number: Int32
    let generation: UInt32
}

extension FeedPlaces.Phase {
    fileprivate var isWaiting: Bool { self == .resting || isDue }
    fileprivate var isDue: Bool { self == .inLine || self == .parked }
}
