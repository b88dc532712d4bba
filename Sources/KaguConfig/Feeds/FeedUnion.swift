// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The feeds of all lists as one: each request once (P20), each id once (H1), each interval within P14's limits.
struct FeedUnion {
    /// The feeds, in the order of the lists.
    private(set) var feeds: [Feed] = []

    private var indexByAddress: [RequestAddress: Int] = [:]
    private var indexByID: [String: Int] = [:]

    /// Joins the lists; what is wrong is reported into their files.
    init(lists: [FeedList], allowPrivate: [AddressRule]) {
        let count = lists.reduce(0) { $0 + $1.records.count }
        feeds.reserveCapacity(count)
        indexByAddress.reserveCapacity(count)
        indexByID.reserveCapacity(count)
        var written: Set<String> = []
        for list in lists {
            for record in list.records where !record.hasDerivedID { written.insert(record.feed.id) }
        }
        for list in lists {
            for record in list.records {
                checkInterval(record, allowPrivate)
                add(record, reserved: written)
            }
        }
    }

    private mutating func add(_ record: FeedRecord, reserved: Set<String>) {
        let address = RequestAddress(record.address)
        if let index = indexByAddress[address] {
            unite(record, with: index)
            return
        }
        var feed = record.feed
        if record.hasDerivedID, reserved.contains(feed.id) || indexByID[feed.id] != nil {
            feed = feed.with(
                id: FeedIdentifier.distinguished(feed.id, url: feed.url) {
                    reserved.contains($0) || indexByID[$0] != nil
                })
        } else if let index = indexByID[feed.id] {
            let place = feeds[index].location ?? SourceLocation(file: record.file.name)
            record.report(.duplicateFeedID(feed.id, place), key: "id", at: record.idPlace)
            return
        }
        indexByAddress[address] = feeds.count
        indexByID[feed.id] = feeds.count
        feeds.append(feed)
    }

    private mutating func unite(_ record: FeedRecord, with index: Int) {
        let first = feeds[index]
        feeds[index] = first.with(tags: first.tags + record.feed.tags.filter { !first.tags.contains($0) })
        let place = first.location ?? SourceLocation(file: record.file.name)
        record.report(
            .duplicateFeedURL(id: first.id, place), key: "url", at: record.idPlace, severity: .warning)
    }

    private func checkInterval(_ record: FeedRecord, _ allowPrivate: [AddressRule]) {
        guard let interval = record.feed.interval, let place = record.intervalPlace,
            !record.address.isAllowListed(by: allowPrivate)
        else { return }
        let text = DurationText.format(interval)
        if interval < PollSettings.shortestPublicInterval {
            record.report(.intervalTooShort(text), key: "interval", at: place)
        } else if interval < PollSettings.courteousInterval {
            record.report(.intervalBelowCourtesy(text), key: "interval", at: place, severity: .warning)
        }
    }
}

extension WebAddress {
    /// Whether it is an allow-listed private address or `host:port`.
    fileprivate func isAllowListed(by rules: [AddressRule]) -> Bool {
        guard !rules.isEmpty else { return false }
        // Read once, not once for each rule.
        let literal = AddressText.bytes(of: host)
        return rules.contains { $0.covers(host: host, literal: literal, port: port) }
    }
}

extension Feed {
    /// Whether the listed URL is an allow-listed private address or `host:port` (P14, P22, S3).
    public func isAllowListed(by rules: [AddressRule]) -> Bool {
        guard !rules.isEmpty, let address = WebAddress(url) else { return false }
        return address.isAllowListed(by: rules)
    }

    /// This feed with another id, title, place or other tags.
    func with(
        id: String? = nil, title: String? = nil, tags: [String]? = nil, location: SourceLocation?? = nil
    ) -> Feed {
        Feed(
            id: id ?? self.id, url: url, title: title ?? self.title, language: language, country: country,
            classes: classes, tags: tags ?? self.tags, interval: interval, headers: headers, isEnabled: isEnabled,
            alertsRecent: alertsRecent, location: location ?? self.location)
    }
}
