// SPDX-License-Identifier: Apache-2.0

import KaguFeed

/// Any bytes as a document of any format: they are read or refused, and what is read keeps its limits.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    var context = ParseContext(baseURL: "https://example.org/a/feed.xml")
    // Small limits are reached by small inputs.
    context.limits.depth = 12
    context.limits.items = 20
    context.limits.entityExpansionBytes = 200
    context.limits.shortTextCharacters = 60
    context.limits.longTextBytes = 400
    context.limits.urlBytes = 80
    context.limits.problems = 10
    if let feed = try? FeedParser.parse(bytes, context: context) { check(feed, context.limits) }
    return 0
}
