// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Why an address could not be searched for feeds.
enum DiscoveryFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// No http or https URL.
    case noAddress
    /// The publisher has asked for a pause until then (P21).
    case held(until: Instant)
    /// The address gave no document; one line, free of URLs.
    case unanswered(String)

    /// One line in lower case, without a full stop.
    var description: String {
        switch self {
        case .noAddress: "no address to look at; write a URL that begins with http:// or https://"
        case .held(let until): "the server has asked for a pause until \(until); try again then"
        case .unanswered(let reason): reason
        }
    }
}

/// Why one request of a search gave no document.
struct VisitFailure: Error, Hashable, Sendable {
    let failure: DiscoveryFailure
    /// Whether the address may be a feed all the same: its server did not answer, or was not asked.
    let isPassing: Bool

    static func held(until: Instant) -> Self { Self(failure: .held(until: until), isPassing: true) }
    static func passing(_ reason: String) -> Self { Self(failure: .unanswered(reason), isPassing: true) }
    static func lasting(_ reason: String) -> Self { Self(failure: .unanswered(reason), isPassing: false) }
}
