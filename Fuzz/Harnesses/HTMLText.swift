// SPDX-License-Identifier: Apache-2.0

import KaguFeed

/// Any text as HTML and as a title.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    check(PlainText.fromHTML(text))
    check(PlainText.fromTitle(text))
    return 0
}
