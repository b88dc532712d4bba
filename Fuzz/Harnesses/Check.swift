// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel

/// Stops the run if a text is not well-formed UTF-8.
func check(_ text: String) {
    precondition(String(validating: text.utf8, as: UTF8.self) != nil, "a text that is no UTF-8")
}

/// Stops the run if a feed breaks a limit or holds a text that is no UTF-8.
func check(_ feed: ParsedFeed, _ limits: ParseLimits) {
    [feed.title, feed.subtitle, feed.link, feed.language, feed.id].forEach(check)
    precondition(feed.items.count <= limits.items && feed.problems.count <= limits.problems)
    for item in feed.items {
        precondition(!item.id.isEmpty)
        precondition(item.title.unicodeScalars.count <= limits.shortTextCharacters)
        precondition(item.summary.utf8.count <= limits.longTextBytes)
        precondition(item.content.utf8.count <= limits.longTextBytes)
        precondition(item.url.utf8.count <= limits.urlBytes)
        precondition(item.links.count <= limits.links && item.categories.count <= limits.categories)
        precondition(item.authors.count <= limits.authors && item.enclosures.count <= limits.enclosures)
        check(item)
    }
    feed.problems.map(\.message).forEach(check)
    precondition(String(validating: feed.json(), as: UTF8.self) != nil)
}

private func check(_ item: Item) {
    [item.id, item.url, item.title, item.summary, item.content, item.language, item.commentsURL].forEach(check)
    item.authors.flatMap { [$0.name, $0.email, $0.url] }.forEach(check)
    item.links.flatMap { [$0.href, $0.rel, $0.type] }.forEach(check)
    item.enclosures.flatMap { [$0.url, $0.type] }.forEach(check)
    item.categories.forEach(check)
    [item.published?.raw, item.updated?.raw, item.source?.title, item.source?.url].compactMap(\.self).forEach(check)
}
