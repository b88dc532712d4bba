// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads a feed list in YAML (H1): a mapping with the one key `feeds`.
struct YAMLFeedList {
    static let keys = [
        "id", "url", "title", "language", "country", "class", "tags", "interval", "headers", "enabled",
        "alert_recent",
    ]

    let file: SourceFile

    func read(_ text: String) -> [FeedRecord] {
        guard let root = file.root(of: text) else {
            if file.problems.isEmpty { file.report(.noFeeds, line: 0, column: 0, severity: .warning) }
            return []
        }
        guard let fields = root.fields(["feeds"]) else { return [] }
        return (fields["feeds"]?.items() ?? []).compactMap(record)
    }

    private func record(_ entry: YAMLCursor) -> FeedRecord? {
        guard let fields = entry.fields(Self.keys) else { return nil }
        let id = fields.required("id").flatMap(identifier)
        let address = fields.required("url").flatMap(address)
        let interval = fields["interval"]
        let feed = Feed(
            id: id ?? "", url: address?.text ?? "",
            title: fields["title"]?.text()?.trimmed ?? "",
            language: fields["language"].flatMap(language) ?? "",
            country: fields["country"].flatMap { $0.country() } ?? "",
            classes: fields["class"].map(classes) ?? [],
            tags: fields["tags"]?.texts() ?? [],
            interval: interval?.interval(),
            headers: fields["headers"].map { HeaderReader.feedHeaders($0) } ?? [],
            isEnabled: fields["enabled"].flatMap { $0.boolean() } ?? true,
            alertsRecent: fields["alert_recent"].flatMap { $0.boolean() } ?? false,
            location: entry.location)
        guard id != nil, let address else { return nil }
        let place = fields["id"].map { ($0.node.line, $0.node.column) } ?? (entry.node.line, entry.node.column)
        return FeedRecord(
            feed: feed, address: address, file: file, origin: .entry(path: entry.path), idPlace: place,
            hasDerivedID: false,
            intervalPlace: interval.map { ($0.node.line, $0.node.column) },
            headersPlace: fields["headers"].map { ($0.node.line, $0.node.column) })
    }

    private func identifier(_ cursor: YAMLCursor) -> String? {
        guard let text = cursor.nonEmptyText() else { return nil }
        guard FeedIdentifier.isValid(text) else {
            cursor.fail(.noFeedID(text, remedy: FeedIdentifier.slug(text)))
            return nil
        }
        return text
    }

    private func address(_ cursor: YAMLCursor) -> WebAddress? {
        guard let text = cursor.nonEmptyText() else { return nil }
        let address = FeedAddress(text)
        if address.mayHoldPassword { file.conceal(cursor.node) }
        switch address {
        case .unusable(let fault, _):
            cursor.fail(fault)
            return nil
        case .usable(let parts):
            if parts.hasUserInfo { cursor.warn(.userInfoInURL) }
            return parts
        }
    }

    private func language(_ cursor: YAMLCursor) -> String? {
        guard let text = cursor.nonEmptyText() else { return nil }
        guard CodeLists.isLanguageTag(text) else {
            cursor.fail(.noFeedLanguage(text))
            return nil
        }
        return text
    }

    private func classes(_ cursor: YAMLCursor) -> [DatedClass] {
        guard case .list = cursor.node.content else {
            return cursor.choice(SourceClass.self).map { [DatedClass($0)] } ?? []
        }
        let classes = (cursor.items() ?? []).compactMap { item -> DatedClass? in
            guard let fields = item.fields(["is", "from"]) else { return nil }
            // Both are read, so that the mistakes of both are told.
            let day = fields["from"].flatMap { $0.date() }
            return fields.required("is")?.choice(SourceClass.self).map { DatedClass($0, from: day) }
        }
        return classes.inOrder
    }
}
