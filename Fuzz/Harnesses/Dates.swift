// SPDX-License-Identifier: Apache-2.0

import KaguFeed
import KaguModel

/// Any text as a date; what is read can be printed and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard let instant = FeedDate.instant(text) else { return 0 }
    precondition(
        FeedDate.instant(instant.shortDescription) == instant, "\(text) is read as \(instant.shortDescription)")
    return 0
}
