// SPDX-License-Identifier: Apache-2.0

/// What `kagu` and `kagud` say to each other over the control socket (O11).
///
/// A connection carries one request and one reply, each a line of JSON:
/// `{"version":1,"verb":"feeds.pause","arguments":{"feeds":["courier"]}}` is answered with
/// `{"version":1,"answer":{…}}` or `{"version":1,"refusal":{"reason":"unknown","message":"…"}}`.
public enum ControlProtocol {
    /// Grows when a change would be misunderstood; both sides refuse any other.
    public static let version = 1
    /// The longest request: a feed list of some megabytes fits (`feeds.import`).
    public static let maximumRequest = ByteCount.mebibytes(8)
    /// The longest document that fits into a request in base64.
    public static let maximumDocument = ByteCount.mebibytes(5)
    /// The longest reply: the body of a fetched document fits, in base64 (`feeds.fetch`).
    public static let maximumReply = ByteCount.mebibytes(64)
    /// The state directory of a packaged kagu, whose socket lies in /run/kagu.
    public static let packagedStateDirectory = "/var/lib/kagu"

    /// Where the socket lies: `/run/kagu/control`, or `control` in the state directory where that is not
    /// /var/lib/kagu (O11).
    public static func socketPath(stateDirectory: String) -> String {
        var path = stateDirectory[...]
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path == packagedStateDirectory ? "/run/kagu/control" : "\(path)/control"
    }
}

/// What can be asked of a daemon.
public enum ControlVerbName: String, Hashable, Sendable, CaseIterable, Codable {
    /// Adds a feed to `feeds.yaml` in the state directory (H3).
    case addFeed = "feeds.add"
    /// Takes feeds out of it.
    case removeFeeds = "feeds.remove"
    /// Looks for feeds at an address (H3).
    case discoverFeeds = "feeds.discover"
    /// Polls feeds now (P13).
    case pollFeeds = "feeds.poll"
    /// Polls feeds no more unasked.
    case pauseFeeds = "feeds.pause"
    /// Polls paused and gone feeds again (P20).
    case resumeFeeds = "feeds.resume"
    /// Fetches a document for `kagu feeds test`; stores nothing.
    case fetch = "feeds.fetch"
    /// Adds the feeds of an OPML document to `feeds.yaml` (H2).
    case importFeeds = "feeds.import"
    /// Makes alerts due again (C3).
    case retryAlerts = "alerts.retry"
    /// Gives alerts up for good (C3).
    case dropAlerts = "alerts.drop"
    /// How receivers stand (C4).
    case listReceivers = "receivers.list"
    /// Sends one message to a receiver (C5).
    case testReceiver = "receivers.test"
    /// Enables or disables a receiver (C6).
    case setReceiver = "receivers.set"
    /// Silences hits for a while (C7).
    case addSilence = "silence.add"
    /// Ends silences (C7).
    case expireSilences = "silence.expire"
    /// Reads the configuration again (O5).
    case reload = "reload"
    /// How the daemon is doing (O24).
    case status = "status"

    /// Whether it changes anything: the journal then says who asked (O11).
    public var isWriting: Bool {
        switch self {
        case .addFeed, .removeFeeds, .pollFeeds, .pauseFeeds, .resumeFeeds, .importFeeds, .reload, .retryAlerts,
            .dropAlerts, .testReceiver, .setReceiver, .addSilence, .expireSilences:
            true
        case .discoverFeeds, .fetch, .status, .listReceivers: false
        }
    }
}

/// The arguments of a verb, and what it answers with.
public protocol ControlVerb: Codable, Hashable, Sendable {
    /// What a daemon that has done it says.
    associatedtype Answer: Codable, Hashable, Sendable
    /// Its name on the wire.
    static var name: ControlVerbName { get }
}

/// A request as a line of JSON.
public struct ControlRequest<Verb: ControlVerb>: Codable, Hashable, Sendable {
    /// `ControlProtocol.version` of the sender.
    public var version: Int
    /// What is asked.
    public var verb: ControlVerbName
    /// Its arguments.
    public var arguments: Verb

    /// A request of this version.
    public init(_ arguments: Verb) {
        version = ControlProtocol.version
        verb = Verb.name
        self.arguments = arguments
    }
}

/// The head of a request, read first: the name of a verb that this version does not know is no error of JSON.
public struct ControlHeading: Codable, Hashable, Sendable {
    /// The sender's version.
    public var version: Int
    /// What is asked, known or not.
    public var verb: String
}

/// A reply as a line of JSON.
public enum ControlReply<Answer: Codable & Hashable & Sendable>: Hashable, Sendable {
    /// It was done.
    case answer(Answer)
    /// It was not.
    case refusal(ControlRefusal)
}

extension ControlReply: Codable {
    private enum CodingKeys: String, CodingKey { case version, answer, refusal }

    /// Reads a reply; throws a refusal of reason `version` where another version wrote it.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let version = try members.decode(Int.self, forKey: .version)
        guard version == ControlProtocol.version else { throw ControlRefusal.version(version) }
        if let refusal = try members.decodeIfPresent(ControlRefusal.self, forKey: .refusal) {
            self = .refusal(refusal)
        } else {
            self = .answer(try members.decode(Answer.self, forKey: .answer))
        }
    }

    /// Writes a reply of this version.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(ControlProtocol.version, forKey: .version)
        switch self {
        case .answer(let answer): try members.encode(answer, forKey: .answer)
        case .refusal(let refusal): try members.encode(refusal, forKey: .refusal)
        }
    }
}
