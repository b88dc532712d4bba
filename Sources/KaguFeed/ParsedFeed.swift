// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// A document that was read: the feed, its items in document order, and what was wrong with it (F1, F2).
/// All text is plain; absent text is empty.
public struct ParsedFeed: Sendable {
    /// The format (F3).
    public var format: FeedFormat
    /// The character encoding that was really used, by its lower-case WHATWG name (F5).
    public var encoding: String
    /// At most 4,096 characters.
    public var title = ""
    /// At most 1 MiB.
    public var subtitle = ""
    /// The home page of the publisher.
    public var link = ""
    /// As declared, trimmed, `_` as `-` (F8).
    public var language = ""
    /// The format's identifier of the feed.
    public var id = ""
    /// When the publisher says that the feed changed.
    public var updated: Instant?
    /// `ttl` in seconds; a hint that only lengthens the interval (P17).
    public var ttlSeconds: Int?
    /// Hours (0–23, GMT) in which the publisher wants no polls (P17); not printed.
    public var skipHours: [Int] = []
    /// Days (1 Monday – 7 Sunday, GMT) on which the publisher wants no polls (P17); not printed.
    public var skipDays: [Int] = []
    /// `sy:updatePeriod` divided by `sy:updateFrequency`, in seconds (P17); not printed.
    public var updatePeriodSeconds: Int?
    /// JSON Feed's `expired`: the feed has ended.
    public var isExpired = false
    /// True if the root was closed; the validators of a cut document are not kept (P9).
    public var isComplete = true
    /// At most 10,000, in document order.
    public var items: [Item] = []
    /// What was wrong; empty for a well-formed document (F9). At most 100, by line.
    public var problems: [ParseProblem] = []

    /// A feed without items.
    public init(format: FeedFormat, encoding: String = "utf-8") {
        self.format = format
        self.encoding = encoding
    }
}

/// Something wrong with a document that did not keep it from being read (F9).
public struct ParseProblem: Hashable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// What is wrong there, in lower case without a full stop.
    public var message: String

    /// A problem on a line.
    public init(line: Int, message: String) {
        self.line = line
        self.message = message
    }
}
