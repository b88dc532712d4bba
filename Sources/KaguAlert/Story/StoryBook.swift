// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Which hits tell one story (R5), for as long as a story lasts: 72 hours from its first hit.
///
/// Hits are of one story when they have
/// 1. one canonical URL (I2), or
/// 2. equal headlines, folded and without the outlet's name, and entities in common, or
/// 3. headlines of which one is the other with something added, from different feeds, and the same entities.
///
/// The first hit names the story. It is better to tell a story twice than to hide one behind another, so headlines that
/// could stand above anything join nothing: those of fewer than three words ("Editorial"), those of fewer than five
/// that name no entity, and those that a feed prints again and again ("The week in pictures"). Where a hit joins two
/// stories, the older one has it and all that follow.
///
/// A value without a clock; time is that of the hits. What is forgotten is forgotten whole, the oldest story first.
public struct StoryBook: Sendable {
    /// How long a story lasts.
    public static let window: Duration = .seconds(72 * 3600)
    /// Stories known at a time, unless told otherwise; a headline takes about a kilobyte.
    public static let standardCapacity = 10_000
    /// Different headlines kept of one story.
    private static let maximumHeadlines = 16
    /// Stories that are looked at for one pair of neighbouring words; pairs that more have say little.
    private static let maximumCandidates = 256
    /// A feed that prints a headline again after that long prints it always.
    private static let reprintAfter: Duration = .seconds(3600)

    private struct Story {
        let start: Instant
        /// The stories that have been joined to it, and itself.
        var ids: [String]
        var urls: Set<String> = []
        var headlines: [Telling] = []
    }

    /// A headline with those who printed it.
    private struct Telling {
        let headline: Headline
        /// When each feed printed it first, and under which address.
        var feeds: [String: (at: Instant, url: String)]
        /// Whether a feed prints it again and again.
        var isStanding = false
    }

    /// Where a headline is kept.
    private struct Place: Hashable {
        let story: String
        let headline: Int
    }

    private let capacity: Int
    private var stories: [String: Story] = [:]
    /// Every id under which a story is known.
    private var names: [String: String] = [:]
    /// Stories by their start; those that are gone, and those at the front that are over, are dropped on the way.
    private var order: [(start: Instant, id: String)] = []
    private var firstInOrder = 0
    private var byURL: [String: String] = [:]
    private var byTitle: [[String]: [Place]] = [:]
    private var byPair: [Pair: [Place]] = [:]

    private struct Pair: Hashable {
        let first: String
        let second: String
    }

    /// A book that knows nothing yet.
    public init(capacity: Int = StoryBook.standardCapacity) { self.capacity = max(1, capacity) }

    /// How many stories are known.
    public var count: Int { stories.count }

    /// Gives a new hit its story and remembers it. `keepsStory`: the hit is a revision of one that had that story,
    /// which it keeps whatever its headline is now (I7).
    public mutating func assign(_ hit: Hit, keepsStory: Bool = false) -> String {
        forget(before: hit.seen - Self.window)
        let headline = Headline(hit)
        if keepsStory || names[hit.story] != nil {
            let id = names[hit.story] ?? hit.story
            remember(hit, headline, in: id)
            // What was stored under an older name goes on under it.
            return keepsStory ? hit.story : id
        }
        let found = matches(of: hit, headline).sorted { age($0) < age($1) }
        guard let oldest = found.first else {
            remember(hit, headline, in: hit.story)
            return hit.story
        }
        for other in found.dropFirst() { merge(other, into: oldest) }
        remember(hit, headline, in: oldest)
        return stories[oldest]?.ids.first ?? oldest
    }

    /// Remembers a stored hit with the story that it has: at start, oldest first.
    public mutating func remember(_ hit: Hit) {
        forget(before: hit.seen - Self.window)
        remember(hit, Headline(hit), in: names[hit.story] ?? hit.story)
    }

    // MARK: Finding

    private func age(_ id: String) -> (Instant, String) { (stories[id]?.start ?? Instant(milliseconds: .max), id) }

    private mutating func matches(of hit: Hit, _ headline: Headline) -> Set<String> {
        var found: Set<String> = []
        if let url = Self.address(hit), let id = byURL[url], isSamePage(hit, headline, url, id) { found.insert(id) }
        var isStanding = false
        for place in byTitle[headline.title.words] ?? [] {
            guard var telling = stories[place.story]?.headlines[place.headline] else { continue }
            if let first = telling.feeds[hit.feed.id], first.url != hit.url,
                hit.seen - first.at > Self.reprintAfter
            {
                telling.isStanding = true
                stories[place.story]?.headlines[place.headline].isStanding = true
            }
            isStanding = isStanding || telling.isStanding
            if telling.headline.tellsSame(as: headline), isInTime(hit, place.story) { found.insert(place.story) }
        }
        // A headline that returns says nothing; the address still does.
        if isStanding { return found.filter { id in Self.address(hit).map { byURL[$0] == id } ?? false } }
        guard headline.isSpecific, !headline.named.isEmpty else { return found }
        for place in candidates(headline) where !found.contains(place.story) {
            guard let telling = stories[place.story]?.headlines[place.headline], !telling.isStanding,
                telling.feeds[hit.feed.id] == nil, isInTime(hit, place.story)
            else { continue }
            if telling.headline.isNearlySame(as: headline) { found.insert(place.story) }
        }
        return found
    }

    /// Whether an address means the same here: of two items of one feed it does only where the headlines agree; a feed
    /// that gives all its items one address gives them none (I3).
    private func isSamePage(_ hit: Hit, _ headline: Headline, _ url: String, _ id: String) -> Bool {
        guard let story = stories[id], isInTime(hit, id) else { return false }
        let own = story.headlines.filter { telling in
            telling.feeds[hit.feed.id].map { Self.address($0.url) == url } ?? false
        }
        return own.isEmpty
            || own.contains { $0.headline.title == headline.title || $0.headline.isNearlySame(as: headline) }
    }

    private func isInTime(_ hit: Hit, _ id: String) -> Bool {
        guard let story = stories[id] else { return false }
        return hit.seen - story.start <= Self.window && story.start - hit.seen <= Self.window
    }

    /// Headlines that share two pairs of neighbouring words at least: all that contain this one, or it them, do.
    private func candidates(_ headline: Headline) -> [Place] {
        var shared: [Place: Int] = [:]
        for pair in Set(Self.pairs(headline)) {
            guard let places = byPair[pair], places.count <= Self.maximumCandidates else { continue }
            for place in places { shared[place, default: 0] += 1 }
        }
        return shared.filter { $0.value >= 2 }.map(\.key)
    }

    private static func pairs(_ headline: Headline) -> [Pair] {
        let words = headline.title.words
        return zip(words, words.dropFirst()).map(Pair.init)
    }

    private static func address(_ hit: Hit) -> String? { address(hit.url) }

    private static func address(_ url: String) -> String? {
        guard let canonical = CanonicalURL(url), canonical.identifiesItem else { return nil }
        return canonical.text
    }

    // MARK: Remembering

    private mutating func remember(_ hit: Hit, _ headline: Headline, in id: String) {
        if stories[id] == nil {
            stories[id] = Story(start: hit.seen, ids: [id])
            names[id] = id
            order.append((hit.seen, id))
            if stories.count > capacity { forgetOldest() }
        }
        // With room for one, the story itself may have had to go.
        guard stories[id] != nil else { return }
        if let url = Self.address(hit), byURL[url] == nil {
            byURL[url] = id
            stories[id]?.urls.insert(url)
        }
        guard let headlines = stories[id]?.headlines else { return }
        let printed = (at: hit.seen, url: hit.url)
        if let known = headlines.firstIndex(where: { $0.headline.title == headline.title }) {
            if headlines[known].feeds[hit.feed.id] == nil {
                stories[id]?.headlines[known].feeds[hit.feed.id] = printed
            }
        } else if headlines.count < Self.maximumHeadlines {
            stories[id]?.headlines.append(Telling(headline: headline, feeds: [hit.feed.id: printed]))
            index(headline, at: Place(story: id, headline: headlines.count))
        }
    }

    private mutating func index(_ headline: Headline, at place: Place) {
        byTitle[headline.title.words, default: []].append(place)
        guard headline.isSpecific, !headline.named.isEmpty else { return }
        for pair in Set(Self.pairs(headline)) { byPair[pair, default: []].append(place) }
    }

    /// The newer story becomes part of the older one (R6).
    private mutating func merge(_ other: String, into id: String) {
        guard let gone = take(other) else { return }
        stories[id]?.ids += gone.ids
        for name in gone.ids { names[name] = id }
        for url in gone.urls {
            byURL[url] = id
            stories[id]?.urls.insert(url)
        }
        for telling in gone.headlines {
            guard let headlines = stories[id]?.headlines, headlines.count < Self.maximumHeadlines else { return }
            stories[id]?.headlines.append(telling)
            index(telling.headline, at: Place(story: id, headline: headlines.count))
        }
    }

    // MARK: Forgetting

    private mutating func forget(before instant: Instant) {
        while firstInOrder < order.count, order[firstInOrder].start < instant { dropFirstInOrder() }
    }

    private mutating func forgetOldest() {
        let count = stories.count
        while firstInOrder < order.count, stories.count == count { dropFirstInOrder() }
    }

    /// The story may have been joined to an older one, or have begun anew under its name.
    private mutating func dropFirstInOrder() {
        let (start, id) = order[firstInOrder]
        firstInOrder += 1
        if firstInOrder > 1000, firstInOrder * 2 > order.count {
            order.removeFirst(firstInOrder)
            firstInOrder = 0
        }
        if stories[id]?.start == start { _ = take(id) }
    }

    /// Takes a story out of every index.
    private mutating func take(_ id: String) -> Story? {
        guard let story = stories.removeValue(forKey: id) else { return nil }
        for name in story.ids { names[name] = nil }
        for url in story.urls { byURL[url] = nil }
        for (number, telling) in story.headlines.enumerated() {
            let place = Place(story: id, headline: number)
            Self.remove(place, from: &byTitle, telling.headline.title.words)
            for pair in Set(Self.pairs(telling.headline)) { Self.remove(place, from: &byPair, pair) }
        }
        return story
    }

    private static func remove<Key>(_ place: Place, from index: inout [Key: [Place]], _ key: Key) {
        guard var places = index[key] else { return }
        places.removeAll { $0 == place }
        index[key] = places.isEmpty ? nil : places
    }
}
