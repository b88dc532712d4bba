// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguConfig
import KaguHTTP
import KaguMatch
import KaguModel

/// The one place where settings become objects: everything that a reload replaces, built whole before any of it is
/// used, so that a configuration that cannot be wired leaves the running one untouched (O5).
struct Wiring: Sendable {
    let feeds: [Feed]
    let matcher: Matcher
    let policy: AlertPolicy
    let pace: PollPace
    let assembly: HitAssembly
    let limits: Scheduler.Limits
    let feedHeaders: [String: [HTTPHeader]]
    /// How long the texts of all items are kept; not at all at zero.
    let itemRetention: Duration
    let allowedPrivate: [AllowedAddress]
    let receivers: [String: CourierReceiver]
    /// The receiver of notices and overdue copies (D12).
    let fallback: String?
    /// No poll starts while the bodies in flight hold more (S6).
    let maximumBodies: ByteCount

    /// Builds everything of `config`; throws the problems of watch definitions, headers and keys.
    init(_ config: Config, credentials: Credentials) throws(ConfigFailure) {
        // Shares the configuration's array where it can: 10,000 feeds are some megabytes.
        feeds = config.feeds.allSatisfy(\.isEnabled) ? config.feeds : config.feeds.filter(\.isEnabled)
        do {
            matcher = try Matcher(config.watchlist)
        } catch {
            throw ConfigFailure(error.problems)
        }
        policy = AlertPolicy(
            tree: RouteTree(root: try Route(config.alerts.route)), maximumAge: config.alerts.maximumAge)
        fallback = config.alerts.fallback
        allowedPrivate = config.http.allowPrivate.map(AllowedAddress.init(rule:))
        let privateFeeds = feeds.filter { $0.isAllowListed(by: config.http.allowPrivate) }
        pace = PollPace(
            settings: config.poll, privateFeeds: Set(privateFeeds.map(\.id)),
            failuresBeforeEvent: config.failuresBeforeEvent)
        assembly = HitAssembly(strippedParameters: Set(config.strippedParameters.map { $0.lowercased() }))
        limits = Scheduler.Limits(
            concurrency: config.poll.concurrency, inFlightPerHost: config.poll.inFlightPerHost,
            spacingPerHost: config.poll.spacingPerHost, hostGroups: config.poll.hostGroups)
        feedHeaders = try Self.headers(of: feeds, credentials)
        receivers = try Self.receivers(config, credentials)
        maximumBodies = config.http.maximumBodies
        itemRetention = config.store.itemRetention
    }

    /// What the courier follows.
    var courierPlan: Courier.Plan { Courier.Plan(receivers: receivers, policy: policy, fallback: fallback) }

    /// How many watches there are.
    var watchCount: Int { matcher.watchlist.watches.count }

    /// The poller of this configuration.
    func poller(_ parts: Daemon.Parts, _ health: HealthLog, _ tally: PollTally, _ time: TimeSource) -> Poller {
        let fetcher = FeedFetcher(
            send: { [client = parts.client] in await client.send($0) }, allowedPrivate: allowedPrivate, time: time)
        return Poller(
            fetcher: fetcher, store: parts.store, courier: parts.courier, matcher: matcher, policy: policy,
            pace: pace, assembly: assembly, feedHeaders: feedHeaders, keepsItems: itemRetention > .zero,
            health: health, tally: tally, time: time, stories: parts.stories)
    }

    /// Settings of the HTTP client; they hold until the next start.
    static func clientSettings(_ config: Config) -> HTTPClientSettings {
        HTTPClientSettings(
            userAgent: Kagu.userAgent(contact: config.http.contact), proxy: config.http.proxy,
            certificateFile: config.http.certificateFile)
    }

    private static func headers(
        of feeds: [Feed], _ credentials: Credentials
    ) throws(ConfigFailure) -> [String: [HTTPHeader]] {
        var headers: [String: [HTTPHeader]] = [:]
        var problems: [ConfigProblem] = []
        for feed in feeds where !feed.headers.isEmpty {
            headers[feed.id] = feed.headers.compactMap { field in
                guard let secret = field.resolved(credentials) else {
                    problems.append(field.missing(in: "feed \(feed.id)", at: feed.location))
                    return nil
                }
                return HTTPHeader(field.name, secret.revealed)
            }
        }
        guard problems.isEmpty else { throw ConfigFailure(problems) }
        return headers
    }
}

extension HeaderField {
    /// Its value; nil where its credential does not exist.
    func resolved(_ credentials: Credentials) -> Secret? {
        switch value {
        case .text(let secret): secret
        case .credential(let name): credentials.secret(named: name)
        }
    }

    /// What is wrong with a header that has no value.
    func missing(in owner: String, at location: SourceLocation?) -> ConfigProblem {
        guard case .credential(let credential) = value else {
            return ConfigProblem("\(owner): header \(name) has no value", at: location)
        }
        return ConfigProblem(
            "\(owner): header \(name): credential \"\(credential)\" does not exist; put it into "
                + "/etc/kagu/secrets/\(credential)", at: location)
    }
}

extension AllowedAddress {
    /// An entry as the configuration has parsed it.
    init(rule: AddressRule) {
        switch rule {
        case .block(_, let address, let prefixLength): self = .block(address: address, prefixLength: prefixLength)
        case .endpoint(let host, let port): self = .endpoint(host: host, port: port)
        }
    }
}
