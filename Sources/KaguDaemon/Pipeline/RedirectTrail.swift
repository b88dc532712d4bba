// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguModel

/// The addresses that one poll went through (P24, I9).
struct RedirectTrail: Hashable, Sendable {
    /// The listed address, then the target of each hop.
    private(set) var urls: [String]
    /// Whether every hop so far was permanent (301, 308); false without hops.
    private(set) var isPermanent = false

    /// A trail that begins at the listed address.
    init(listedURL: String) { urls = [listedURL] }

    /// Where the next request goes, or the last one went.
    var currentURL: String { urls.last ?? "" }

    /// Whether `url` has scheme, host and port of the listed address.
    func sharesOrigin(with url: String) -> Bool {
        guard let listed = urls.first.flatMap(HTTPOrigin.init) else { return false }
        return listed == HTTPOrigin(url)
    }

    /// Takes one hop; returns why it cannot be taken: no target, a loop, too many hops.
    mutating func follow(_ response: HTTPResponse) -> PollFailure? {
        guard let target = response.redirectURL, !target.isEmpty else {
            return PollFailure(.failing, "HTTP \(response.status) without a usable Location")
        }
        guard !urls.contains(target) else { return PollFailure(.failing, "redirect loop") }
        guard urls.count <= FeedFetcher.maximumHops else {
            return PollFailure(.failing, "more than \(FeedFetcher.maximumHops) redirects")
        }
        let hopIsPermanent = response.status == 301 || response.status == 308
        isPermanent = hopIsPermanent && (urls.count == 1 || isPermanent)
        urls.append(target)
        return nil
    }
}
