// SPDX-License-Identifier: Apache-2.0

/// Silences hits for a while; answered when it is durable (R11, C7).
public struct AddSilence: ControlVerb {
    /// `silence.add`.
    public static let name = ControlVerbName.addSilence
    /// So many matchers at most.
    public static let maximumMatchers = 20
    /// No text is longer, in UTF-8 bytes.
    public static let maximumText = 1000

    /// As the operator wrote them, quotes optional; at least one.
    public var matchers: [String]
    /// From then on; nil: from now on.
    public var starts: Instant?
    /// Until then.
    public var ends: Instant
    /// The name of who asks; the daemon adds the user's number.
    public var author: String
    /// Why; never empty.
    public var comment: String

    /// Asks.
    public init(matchers: [String], starts: Instant? = nil, ends: Instant, author: String, comment: String) {
        self.matchers = matchers
        self.starts = starts
        self.ends = ends
        self.author = author
        self.comment = comment
    }

    /// As it is stored.
    public typealias Answer = Silence

    /// The silence that is asked for, made at `now`; throws a refusal that says what is missing. `read` turns a text
    /// into a matcher, or throws why it is none.
    public func silence(
        id: Silence.ID, by user: UInt32, at now: Instant, read: (String) throws -> LabelMatcher
    ) throws(ControlRefusal) -> Silence {
        func refused(_ reason: String) -> ControlRefusal { ControlRefusal(.malformed, "silence: \(reason)") }
        guard !matchers.isEmpty else {
            throw refused("without a matcher it would silence everything; name what, as in watch=gib")
        }
        guard matchers.count <= Self.maximumMatchers else {
            throw refused("\(matchers.count) matchers; at most \(Self.maximumMatchers), use =~ \"a|b\"")
        }
        guard (matchers + [comment, author]).allSatisfy({ $0.utf8.count <= Self.maximumText }) else {
            throw refused("a text longer than \(Self.maximumText) bytes; shorten it")
        }
        guard comment.contains(where: { !$0.isWhitespace }) else {
            throw refused("no comment; say why, for who finds it in the list")
        }
        let starts = max(now, starts ?? now)
        guard ends > starts else { throw refused("it would end before it begins; give a later end") }
        var conditions: [LabelMatcher] = []
        for text in matchers {
            do {
                conditions.append(try read(text))
            } catch {
                throw refused("\(error)")
            }
        }
        return Silence(
            id: id, matchers: conditions, starts: starts, ends: ends,
            author: author.isEmpty ? "uid \(user)" : "\(author) (uid \(user))", comment: comment, created: now)
    }
}

/// Ends silences now: all of them, or none (C7).
public struct ExpireSilences: ControlVerb {
    /// `silence.expire`.
    public static let name = ControlVerbName.expireSilences

    /// Which.
    public var ids: [String]

    /// Asks.
    public init(_ ids: [String]) { self.ids = ids }

    /// Those that are over now.
    public typealias Answer = [String]
}
