// SPDX-License-Identifier: Apache-2.0

/// The `Sitemap:` lines of a robots.txt (RFC 9309 §2.2.4; sitemaps.org).
public enum RobotsSitemaps {
    /// So many bytes are read (RFC 9309 §2.5); the rest is left out.
    public static let maximumBytes = 512 << 10
    /// So many sitemaps are taken; the rest is left out.
    public static let maximumSitemaps = 100

    /// The addresses, each once, those that speak of news first, else in the order of the lines; absolute against
    /// `base`, the file's own address. Any bytes are safe.
    public static func find(_ bytes: [UInt8], base: String = "") -> [String] {
        let text = SourceEncoding.decode(Array(bytes.prefix(maximumBytes)), context: ParseContext()).bytes
        let lines = text.split { $0 == 0x0A || $0 == 0x0D }
        let found = lines.lazy.compactMap { line -> String? in
            let line = Array(line.prefix { $0 != UInt8(ascii: "#") })
            let start = line.trimmed(0..<line.count).lowerBound
            guard line.hasIgnoringCase("sitemap", at: start),
                let colon = line.find(UInt8(ascii: ":"), from: start, to: line.count),
                line.trimmed(start..<colon).count == "sitemap".utf8.count
            else { return nil }
            let url = URLReference.resolve(
                URLReference.cleaned(TextRun(line, colon + 1..<line.count)), against: base)
            return SitemapIndex.isUsable(url) ? url : nil
        }
        return SitemapIndex.newsFirst(Array(found.prefix(maximumSitemaps))).uniqued(maximumSitemaps)
    }
}
