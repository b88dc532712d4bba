// SPDX-License-Identifier: Apache-2.0

/// Why a daemon did not do what it was asked.
public struct ControlRefusal: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
        /// The request is no request: not JSON, too long, too slow, a member missing.
        case malformed
        /// Another version of kagu sent it.
        case version
        /// This version has no such verb.
        case verb
        /// There is no such feed, alert, receiver or silence.
        case unknown
        /// It is there already.
        case exists
        /// Another list, or the configuration, has the feed: it is not the daemon's to change.
        case elsewhere
        /// With the change the configuration would not be valid; nothing was changed (O5).
        case configuration
        /// Nothing was found at the address.
        case nothing
        /// The publisher asked for a pause (P21).
        case held
        /// The address could not be fetched.
        case fetch
        /// Too much is asked at once.
        case busy
        /// The daemon stops.
        case stopping
        /// It failed: the disk, the database.
        case failed
    }

    /// What kind of refusal it is.
    public var reason: Reason
    /// What on what, why, and what to do (house rule 12).
    public var message: String

    /// A refusal with its sentence.
    public init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}

extension ControlRefusal {
    /// The other side speaks another version.
    public static func version(_ version: Int) -> ControlRefusal {
        ControlRefusal(
            .version,
            "control: version \(version) of the protocol, this side speaks \(ControlProtocol.version); "
                + "install kagu and kagud of one release, and restart kagud")
    }

    /// The daemon has no such verb.
    public static func verb(_ verb: String) -> ControlRefusal {
        let shown = String(verb.prefix(60))
        let known = ControlVerbName.allCases.map(\.rawValue)
        return ControlRefusal(
            .verb, "control: verb \"\(shown)\" is not known\(Suggestion.clause(for: shown, among: known))")
    }

    /// No feed has that id or address.
    public static func unknownFeed(_ name: String, among known: some Sequence<String>) -> ControlRefusal {
        let shown = String(name.prefix(200))
        return ControlRefusal(
            .unknown,
            "feed \(shown): not listed\(Suggestion.clause(for: shown, among: known)); kagu feeds list names all")
    }

    /// No receiver has that name.
    public static func unknownReceiver(_ name: String, among known: some Sequence<String>) -> ControlRefusal {
        let shown = String(name.prefix(200))
        return ControlRefusal(
            .unknown,
            "receiver \(shown): not configured\(Suggestion.clause(for: shown, among: known)); "
                + "kagu receivers list names all")
    }

    /// No alert has that id.
    public static func unknownAlert(_ id: String) -> ControlRefusal {
        ControlRefusal(.unknown, "alert \(id.prefix(200)): not known; kagu alerts list shows what there is")
    }

    /// No silence has that id.
    public static func unknownSilence(_ id: String) -> ControlRefusal {
        ControlRefusal(.unknown, "silence \(id.prefix(200)): not known; kagu silence list shows what there is")
    }

    /// As many silences as there may be have not ended yet.
    public static let tooManySilences = ControlRefusal(
        .busy, "silence: as many as there may be are in force or to come; expire some, or match with =~ \"a|b\"")
}
