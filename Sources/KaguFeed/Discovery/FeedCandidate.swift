// SPDX-License-Identifier: Apache-2.0

/// A feed that a page or a site offers (H3).
public struct FeedCandidate: Hashable, Sendable, Codable {
    /// Its absolute address, as it would be listed.
    public var url: String
    /// Its own title where it has been read, else that of the link; empty where neither has one.
    public var title: String
    /// The format by its name in F3 where it has been read, else the media type of the link in lower case.
    public var type: String
    /// Whether it was fetched and is a feed; false where the bounds of a discovery left no request for it.
    public var isChecked: Bool

    /// A candidate.
    public init(url: String, title: String = "", type: String = "", isChecked: Bool = false) {
        self.url = url
        self.title = title
        self.type = type
        self.isChecked = isChecked
    }
}
