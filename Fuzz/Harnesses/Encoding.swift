// SPDX-License-Identifier: Apache-2.0

import KaguFeed

/// The first byte chooses a label and a language, the rest is the body of a one-item feed: whatever the bytes are, text
/// that is no UTF-8 never comes out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let labels = [
        "utf-8", "utf-16", "utf-16be", "utf-32", "iso-8859-9", "windows-1251", "koi8-r", "gb18030", "big5",
        "shift_jis", "euc-jp", "euc-kr", "iso-2022-jp", "hz-gb-2312", "utf-7", "x-user-defined",
    ]
    let context = ParseContext(
        contentType: choice & 1 == 0 ? nil : "text/xml; charset=\(labels[Int(choice >> 1) % labels.count])",
        languageHint: choice & 2 == 0 ? nil : "tr")
    let body =
        Array("<rss><channel><item><title>".utf8) + bytes.dropFirst()
        + Array("</title></item></channel></rss>".utf8)
    for document in [Array(bytes.dropFirst()), body] {
        if let feed = try? FeedParser.parse(document, context: context) { check(feed, context.limits) }
    }
    return 0
}
