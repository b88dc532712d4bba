// SPDX-License-Identifier: Apache-2.0

import KaguFeed

/// Any bytes as the items of a JSON Feed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let head = #"{"version":"https://jsonfeed.org/version/1.1","title":"t","items":["#
    let bytes = Array(head.utf8) + UnsafeBufferPointer(start: start, count: count)
    var context = ParseContext()
    context.limits.depth = 8
    context.limits.shortTextCharacters = 40
    if let feed = try? FeedParser.parse(bytes, context: context) { check(feed, context.limits) }
    return 0
}
