// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension ParsedFeed {
    /// The object that `kagu parse` prints, on one line without a line end: the members of F1 in its order; absent
    /// and empty values are left out except `items` and `problems` (F2); instants with seconds (F7).
    public func json() -> [UInt8] {
        var writer = JSONWriter(reserving: 4096)
        writer.object { feed in
            feed.member("format", format.rawValue)
            feed.member("encoding", encoding)
            feed.member("title", ifPresent: title)
            feed.member("subtitle", ifPresent: subtitle)
            feed.member("link", ifPresent: link)
            feed.member("language", ifPresent: language)
            feed.member("id", ifPresent: id)
            feed.member("updated", ifPresent: updated?.shortDescription)
            if let ttlSeconds { feed.member("ttl_seconds", ttlSeconds) }
            feed.key("items")
            feed.array { list in
                for item in items { item.write(to: &list) }
            }
            feed.key("problems")
            feed.array { list in
                for problem in problems {
                    list.object { entry in
                        entry.member("line", problem.line)
                        entry.member("message", problem.message)
                    }
                }
            }
        }
        return writer.bytes
    }
}

extension Item {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { item in
            item.member("id", id)
            item.member("id_source", idSource.rawValue)
            item.member("url", ifPresent: url)
            item.member("title", ifPresent: title)
            item.member("summary", ifPresent: summary)
            item.member("content", ifPresent: content)
            item.member("published", ifPresent: published?.instant?.shortDescription)
            item.member("published_raw", ifPresent: published?.raw)
            item.member("published_origin", ifPresent: published?.origin)
            item.member("updated", ifPresent: updated?.instant?.shortDescription)
            item.member("updated_raw", ifPresent: updated?.raw)
            item.member("language", ifPresent: language)
            writeLists(to: &item)
            item.member("comments_url", ifPresent: commentsURL)
            if let source, !(source.title.isEmpty && source.url.isEmpty) {
                item.key("source")
                item.object { object in
                    object.member("title", ifPresent: source.title)
                    object.member("url", ifPresent: source.url)
                }
            }
        }
    }

    private func writeLists(to item: inout JSONWriter) {
        if !authors.isEmpty {
            item.key("authors")
            item.array { list in
                for author in authors {
                    list.object { person in
                        person.member("name", ifPresent: author.name)
                        person.member("email", ifPresent: author.email)
                        person.member("url", ifPresent: author.url)
                    }
                }
            }
        }
        if !categories.isEmpty { item.member("categories", categories) }
        if !enclosures.isEmpty {
            item.key("enclosures")
            item.array { list in
                for enclosure in enclosures {
                    list.object { file in
                        file.member("url", enclosure.url)
                        file.member("type", ifPresent: enclosure.type)
                        if let length = enclosure.length { file.member("length", length) }
                    }
                }
            }
        }
        if !links.isEmpty {
            item.key("links")
            item.array { list in
                for link in links {
                    list.object { object in
                        object.member("href", link.href)
                        object.member("rel", ifPresent: link.rel)
                        object.member("type", ifPresent: link.type)
                    }
                }
            }
        }
    }
}
