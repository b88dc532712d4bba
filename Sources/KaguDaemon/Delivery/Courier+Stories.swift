// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguStore

/// Stories: what of a group is news to its receiver, and how it is told, as a first message, an update, an edit, or a
/// digest of several (R5–R7, D16).
extension Courier {
    /// How long a story lives: news that were not enough for an update by then are not told.
    static let storyLife: Duration = .seconds(72 * 3600)

    /// Tells what a group brings, story by story (R5, R6), after silences (R11) and within the cap (R12).
    func tell(
        _ owed: [OwedHit], _ group: GroupRecord, _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) {
        var group = group
        var posts: [StoryNews] = []
        for story in Self.stories(of: round.passSilences(owed)) {
            guard let known = try await telling(of: story, destination, &round), known.isTold else {
                let news = fresh(story, &round)
                if !news.isEmpty { posts.append(first(news, destination, at: round.now)) }
                continue
            }
            let free = known.record.toldAt + destination.groupInterval
            if known.record.toldAt <= round.now, free > round.now {
                // Another group has told the story just now.
                group.deadline = min(group.deadline ?? free, free)
                round.set(group, interval: destination.groupInterval)
                continue
            }
            if let post = try await update(known, story, destination, &round) { posts.append(post) }
        }
        guard !posts.isEmpty else { return }
        let isCritical = posts.contains { $0.severity == .critical }
        let room = try await room(destination, round)
        guard room >= 2, isCritical || !round.isOverflowing(destination) else {
            return try await overflow(posts.flatMap(\.fresh), destination, &round)
        }
        if posts.count == 1 {
            bindStory(posts[0], editing: nil, destination, &round)
        } else {
            bindDigest(posts, .group, destination, &round)
        }
        group.lastTold = round.now
        round.set(group, interval: destination.groupInterval)
    }

    /// Hits by story, the stories by their oldest hit.
    static func stories(of owed: [OwedHit]) -> [[OwedHit]] {
        var order: [String] = []
        var byStory: [String: [OwedHit]] = [:]
        for item in owed {
            if byStory[item.hit.story] == nil { order.append(item.hit.story) }
            byStory[item.hit.story, default: []].append(item)
        }
        return order.compactMap { byStory[$0] }
    }

    /// What the receiver knows of a story; nil: nothing.
    func telling(
        of story: [OwedHit], _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) -> Telling? {
        guard let id = story.first?.hit.story else { return nil }
        if let known = round.telling(destination.receiver, id) { return known }
        return try await store.tellings([id], to: destination.receiver)[id].flatMap(Telling.init)
    }

    /// Of a story that the receiver knows nothing of: all, unless it has nothing but revisions, which are no news to
    /// somebody who was not told of the item (R7).
    func fresh(_ story: [OwedHit], _ round: inout BindingRound) -> [OwedHit] {
        guard story.allSatisfy(\.delivery.isUpdateOnly) else { return story }
        round.end(story, reason: "revision_of_untold")
        return []
    }

    private func first(_ story: [OwedHit], _ destination: Destination, at now: Instant) -> StoryNews {
        let telling = Telling(
            StoryProgress(story.map(\.hit)), to: destination.receiver, story: story[0].hit.story, at: now)
        return StoryNews(fresh: story, telling: telling, reason: .new, isFirst: true)
    }

    func verdict(
        _ telling: Telling, _ story: [OwedHit], _ destination: Destination, canEdit: Bool
    ) -> UpdateRule.Verdict {
        var progress = telling.progress
        progress.add(story.map(\.hit))
        return destination.updates.verdict(
            told: telling.toldSize, now: progress.size, isRevised: story.contains { $0.hit.revision > 0 },
            canEdit: canEdit)
    }

    /// What the news about a story that was told before come to: an edit at once, and the message to be posted, if
    /// there is to be one.
    private func update(
        _ known: Telling, _ story: [OwedHit], _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) -> StoryNews? {
        let receiver = plan?.receivers[destination.receiver]?.receiver
        let message = receiver?.canEdit == true ? known.record.messageID : nil
        let verdict = verdict(known, story, destination, canEdit: message != nil)
        switch verdict {
        case .keep(let outlets):
            keep(story, known, untilOutlets: outlets, destination, &round)
            return nil
        case .drop:
            round.end(story, reason: "updates:none")
            return nil
        case .post(let reason), .edit(let reason), .editAndPost(let reason):
            var telling = known
            telling.progress.add(story.map(\.hit))
            var news = StoryNews(
                fresh: story, kept: try await kept(of: known, destination, &round), telling: telling,
                reason: reason,
                isFirst: false)
            switch verdict {
            case .post: return news
            case .editAndPost where try await room(destination, round) >= 2:
                // The edit settles nothing: the post that follows it does.
                news.telling = bindStory(news, editing: message, settles: false, destination, &round)
                return news
            case .edit, .editAndPost, .keep, .drop:
                bindStory(news, editing: message, destination, &round)
                return nil
            }
        }
    }

    /// News of the story that were not enough for an update so far.
    private func kept(
        of telling: Telling, _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) -> [OwedHit] {
        let key = GroupRecord.held(
            Hold.updates.rawValue, receiver: destination.receiver, route: destination.route,
            story: telling.record.story
        ).key
        let deliveries = try await store.waitingDeliveries(group: key)
        return deliveries.isEmpty ? [] : round.passSilences(try await read(deliveries, isDigest: true))
    }

    /// Keeps news of a story that are not enough for an update; they count for the next one.
    func keep(
        _ story: [OwedHit], _ known: Telling, untilOutlets: Int?, _ destination: Destination,
        _ round: inout BindingRound
    ) {
        var telling = known
        telling.progress.add(story.map(\.hit))
        round.set(telling)
        let count = telling.progress.size.outlets
        let outlets = count == 1 ? "1 outlet carries" : "\(count) outlets carry"
        let next = untilOutlets.map { "told again at \($0)" } ?? "told again when its severity rises"
        round.hold(
            story, .updates, destination, story: telling.record.story, until: round.now + Self.storyLife,
            extends: true
        ) { _ in "kept: \(outlets) the story, \(next)" }
    }

    // MARK: Alerts

    /// Binds one story to an alert; gives what the receiver knows then. `editing`: the alert whose message it takes
    /// the place of.
    @discardableResult
    private func bindStory(
        _ news: StoryNews, editing message: String?, settles: Bool = true, _ destination: Destination,
        _ round: inout BindingRound
    ) -> Telling {
        let id = newID(at: round.now)
        let hits = news.owed.map(\.hit)
        var telling = news.telling
        let before = telling
        telling.tell(id.description, isFirst: news.isFirst, at: round.now)
        let group = destination.group(for: hits[hits.count - 1])
        let content: AlertContent =
            if news.isFirst, hits.count == 1 {
                .hit(hits[0], group: group)
            } else {
                .story(
                    StoryTelling(
                        story: telling.progress.summary, newHits: hits, group: group,
                        update: telling.record.updates, first: AlertID(telling.record.firstAlertID) ?? id,
                        toldSeverity: news.isFirst ? nil : before.record.severity))
            }
        let record = bind(
            content, news.reason, id, settles ? news.owed : [], destination, edits: message, &round)
        if message == nil, telling.record.messageID == nil, record.isEditable {
            telling.record.messageID = id.description
        }
        round.set(telling)
        return telling
    }

    /// Binds hits of several stories to one digest; nothing where there are none.
    func bindDigest(
        _ owed: [OwedHit], _ reason: Alert.Reason, _ destination: Destination, _ round: inout BindingRound
    ) async throws(StoreError) {
        var stories: [StoryNews] = []
        for story in Self.stories(of: owed) {
            guard var telling = try await telling(of: story, destination, &round) else {
                stories.append(first(story, destination, at: round.now))
                continue
            }
            // What a digest of catch-up tells has been counted when its alerts were bound.
            let isCounted = reason == .catchUp
            if !isCounted { telling.progress.add(story.map(\.hit)) }
            stories.append(
                StoryNews(
                    fresh: story, kept: isCounted ? [] : try await kept(of: telling, destination, &round),
                    telling: telling, reason: reason, isFirst: !telling.isTold))
        }
        bindDigest(stories, reason, destination, &round)
    }

    private func bindDigest(
        _ stories: [StoryNews], _ reason: Alert.Reason, _ destination: Destination, _ round: inout BindingRound
    ) {
        guard !stories.isEmpty else { return }
        let id = newID(at: round.now)
        let owed = stories.flatMap(\.owed).sorted { ($0.hit.seen, $0.hit.id) < ($1.hit.seen, $1.hit.id) }
        for story in stories {
            var telling = story.telling
            telling.tell(id.description, isFirst: story.isFirst, at: round.now)
            round.set(telling)
        }
        bind(.digest(DigestContent(hits: owed.map(\.hit))), reason, id, owed, destination, edits: nil, &round)
    }

    /// Freezes a message and binds its deliveries.
    @discardableResult
    private func bind(
        _ content: AlertContent, _ reason: Alert.Reason, _ id: AlertID, _ owed: [OwedHit],
        _ destination: Destination, edits: String?, _ round: inout BindingRound
    ) -> (id: AlertID, isEditable: Bool) {
        let message = AlertMessage(
            id: id, receiver: destination.receiver, route: destination.route, reason: reason, boundAt: round.now,
            content: content)
        let receiver = plan?.receivers[destination.receiver]?.receiver
        let frozen = receiver?.body(message) ?? FrozenBody(Alert(message, for: nil).body)
        let record = AlertRecord(message, body: frozen.bytes, edits: edits)
        round.changes.bindings.append(
            .init(
                record, deliveries: owed.map(\.delivery.id),
                decision: "bound to \(id): \(reason.rawValue)\(edits == nil ? "" : ", an edit of \(edits ?? "")")"))
        if record.isCounted {
            round.messages[
                RouteAndReceiver(route: destination.route, receiver: destination.receiver), default: 0] += 1
        }
        return (id, frozen.isEditable && receiver?.canEdit == true)
    }
}
