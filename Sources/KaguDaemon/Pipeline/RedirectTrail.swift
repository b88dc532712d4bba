// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel

/// The addresses that one poll went through (P24, I9).
struct RedirectTrail: Hashable, Sendable {
    /// At most this many redirects are followed.
    static let maximumHops = 5

    /// The address of the feed list: whose origin gets the feed's headers (P25), whose host and port the
    /// allow-list covers (S3).
    let listedURL: String
    /// The address asked first, then the target of each hop.
    private(set) var urls: [String]
    /// Where the permanent hops (301, 308) lead with which the trail begins; nil where it begins with none. What
    /// follows another hop is not among them, nor is a hop from https to http.
    private(set) var permanentTarget: String?
    private var isPrefixOpen = true

    /// A trail that begins at the listed address, or at the target of a confirmed move.
    init(listedURL: String, startURL: String? = nil) {
        self.listedURL = listedURL
        urls = [startURL ?? listedURL]
    }

    /// The address asked first.
    var startURL: String { urls.first ?? listedURL }

    /// Where the next request goes, or the last one went.
    var currentURL: String { urls.last ?? listedURL }

    /// Whether the current address has scheme, host and port of the listed one (P25).
    var isAtListedOrigin: Bool {
        currentURL == listedURL || (HTTPOrigin(listedURL).map { $0 == HTTPOrigin(currentURL) } ?? false)
    }

    /// Whether the current address has host and port of the listed one, and no other address came between (S3).
    var isAtListedEndpoint: Bool {
        if urls == [listedURL] { return true }
        guard let listed = HTTPOrigin(listedURL) else { return false }
        return urls.allSatisfy { url in
            url == listedURL || (HTTPOrigin(url).map { $0.host == listed.host && $0.port == listed.port } ?? false)
        }
    }

    /// Takes one hop; returns why it cannot be taken: no target, a loop, too many hops.
    mutating func follow(_ response: HTTPResponse) -> PollFailure? {
        guard let target = response.redirectURL, !target.isEmpty else {
            return PollFailure(.failing, "HTTP \(response.status) without a usable Location")
        }
        guard !urls.contains(target) else { return PollFailure(.failing, "redirect loop") }
        guard urls.count <= Self.maximumHops else {
            return PollFailure(.failing, "more than \(Self.maximumHops) redirects")
        }
        let isPermanent = response.status == 301 || response.status == 308
        isPrefixOpen = isPrefixOpen && isPermanent && !Self.losesEncryption(from: currentURL, to: target)
        if isPrefixOpen { permanentTarget = target }
        urls.append(target)
        return nil
    }

    private static func losesEncryption(from url: String, to target: String) -> Bool {
        HTTPOrigin(url)?.scheme == "https" && HTTPOrigin(target)?.scheme != "https"
    }
}
