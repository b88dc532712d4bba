// SPDX-License-Identifier: Apache-2.0

import KaguBytes
import KaguFeed
import KaguModel
import Testing

@Suite struct CompressionTests {
    private let plain = rss("<item><title>é</title></item>")

    @Test("a gzip body is read as the document inside (F4)")
    func inflates() throws {
        let packed = Gzip.deflate(plain)
        #expect(packed != plain)
        #expect(try FeedParser.parse(packed).items.map(\.title) == ["é"])
    }

    @Test("a gzip body that inflates beyond the body limit is refused (F4, S6)")
    func bomb() throws {
        var context = ParseContext()
        context.limits.bodyBytes = 1000
        let bomb = Gzip.deflate(plain + [UInt8](repeating: 0x20, count: 100_000))
        #expect(bomb.count < 1000)
        #expect(throws: ParseFailure.tooLarge(limit: 1000)) { try FeedParser.parse(bomb, context: context) }
    }

    @Test("a cut gzip body is no feed (F4, F18)")
    func cut() throws {
        let packed = Array(Gzip.deflate(plain).dropLast(12))
        let failure = #expect(throws: ParseFailure.self) { try FeedParser.parse(packed) }
        #expect(failure?.description.hasPrefix("the document is no feed: ") == true)
    }
}
