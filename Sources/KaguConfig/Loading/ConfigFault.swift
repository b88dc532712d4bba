// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Everything that can be wrong in a configuration, feed list or watch file, with its wording: the value, why it
/// is refused, what to write instead (house rule 12). Each sentence has a fixture in Tests/KaguConfigTests.
enum ConfigFault {
    // Files
    case unreadable(path: String, reason: String)
    case tooLarge(limit: ByteCount)
    case notUTF8
    case noFileMatches(String)
    case noSuchFile(String)
    case unknownListFormat(String)

    // YAML
    case notYAML(String)
    case manyDocuments
    case duplicateKey(String)
    case keyNotText

    // Shapes
    case wrongShape(found: String, expected: String)
    case unknownKey(String, known: [String])
    case missingKey(String)
    case missingSecret(String)
    case emptyText
    case notAmong(String, allowed: [String])

    // Values
    case missingUnit(String, example: String)
    case unknownUnit(String, unit: String)
    case noDuration(String)
    case noByteCount(String)
    case noRetention(String)
    case noInteger(String)
    case noBoolean(String)
    case noDate(String)
    case noTimeOfDay(String)
    case noDigestTime(String)
    case outOfRange(String, lower: String, upper: String)
    case unknownTimeZone(String, nearest: String?)
    case unknownCountry(String)
    case unknownLanguage(String)
    case noAddressRule(String)
    case bareAddress(String, remedy: String)
    case opensNothing(String)
    case noEndpoint(String)
    case noHostPattern(String)
    case noProxy
    case intervalsCrossed(minimum: String, maximum: String)

    // Feeds
    case noFeedID(String, remedy: String)
    case duplicateFeedID(String, SourceLocation)
    case duplicateFeedURL(id: String, SourceLocation)
    case noFeedURL
    case noFeedLanguage(String)
    case intervalTooShort(String)
    case intervalBelowCourtesy(String)
    case noFeeds
    case outlineWithoutURL(String)
    case include(String)
    case notOPML
    case foreignEncoding(String)

    // Headers and secrets
    case noHeaderName(String)
    case noHeaderValue
    case reservedHeader(String)
    case inlineSecret
    case severalForms(String, [String])
    case credentialsUnknown(String)
    case noCredential(String, directory: String)
    case secretUnreadable(String, reason: String)
    case secretEmpty(String)
    case secretWorldReadable(String)
    case tooManyKeys(String)
    case noSigningKey(line: Int)

    // Receivers
    case duplicateReceiver(String, SourceLocation)
    case receiverNamedNone
    case keyOfOtherType(String, type: String, known: [String])
    case unknownReceiver(String, known: [String])
    case unknownFallback(String, known: [String])
    case noReceiverURL(schemes: [String])
    case noTopic(String)
    case unsigned

    // Routes
    case matchersAtRoot
    case continueAtRoot
    case noMatcher(String)
    case unknownLabel(String)
    case noExpression(String)
    case emptyWindow
    case zoneMissing
    case digestWithoutTimes
    case digestNotWholeDays
    case digestNotWholeWeeks

    // Watches
    case plainExpression
    case unknownAliasLanguage(String)
}

extension ConfigFault {
    /// Lower case, no full stop; follows the key path.
    var wording: String {
        switch self {
        case .unreadable, .tooLarge, .notUTF8, .noFileMatches, .noSuchFile, .unknownListFormat, .notYAML,
            .manyDocuments, .duplicateKey, .keyNotText:
            fileWording
        case .wrongShape, .unknownKey, .missingKey, .missingSecret, .emptyText, .notAmong:
            shapeWording
        case .noFeedID, .duplicateFeedID, .duplicateFeedURL, .noFeedURL, .noFeedLanguage, .intervalTooShort,
            .intervalBelowCourtesy, .noFeeds, .outlineWithoutURL, .include, .notOPML, .foreignEncoding:
            feedWording
        case .noHeaderName, .noHeaderValue, .reservedHeader, .inlineSecret, .severalForms, .credentialsUnknown,
            .noCredential, .secretUnreadable, .secretEmpty, .secretWorldReadable, .tooManyKeys, .noSigningKey:
            secretWording
        case .duplicateReceiver, .receiverNamedNone, .keyOfOtherType, .unknownReceiver, .unknownFallback,
            .noReceiverURL, .noTopic, .unsigned, .matchersAtRoot, .continueAtRoot, .noMatcher, .unknownLabel,
            .noExpression, .emptyWindow, .zoneMissing, .digestWithoutTimes, .digestNotWholeDays,
            .digestNotWholeWeeks:
            alertWording
        case .plainExpression:
            "a plain expression would lose its end, since \" #\" begins a comment and \"@\" may not begin a value; "
                + "put it in quotes or write a block scalar (when: >)"
        case .unknownAliasLanguage(let code):
            "\"\(code)\" is no language of aliases"
                + Self.suggestion(code, AliasLanguage.allCases.map(\.rawValue), "write forms of other languages under any")
        default: valueWording
        }
    }

    private var fileWording: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \"\(path)\": \(reason); check the path and its permissions"
        case .tooLarge(let limit): "is larger than \(limit); split it"
        case .notUTF8: "is not UTF-8; save the file as UTF-8"
        case .noFileMatches(let pattern): "no file matches \"\(pattern)\"; add one or remove the pattern"
        case .noSuchFile(let path): "\"\(path)\" does not exist; correct the path or remove it"
        case .unknownListFormat(let name):
            "\"\(name)\" is no feed list; name it *.yaml, *.opml or *.txt, as its content is"
        case .notYAML(let reason) where reason.contains("cannot start any token"):
            "not YAML: \(reason); put values that begin with @, `, % or a tab in quotes"
        case .notYAML(let reason): "not YAML: \(reason); check indentation, quotes and colons"
        case .manyDocuments: "a second document begins here; keep one in a file"
        case .duplicateKey(let key): "key \"\(key)\" is written twice in one mapping; keep one"
        case .keyNotText: "a list or mapping stands where a key belongs; write a name"
        default: ""
        }
    }

    private var shapeWording: String {
        switch self {
        case .wrongShape(let found, let expected): "is \(found) but must be \(expected)"
        case .unknownKey(let key, let known):
            "unknown key \"\(key)\"" + Self.suggestion(key, known, "known here: \(known.joined(separator: ", "))")
        case .missingKey(let key): "\"\(key)\" is missing; add it"
        case .missingSecret(let key):
            "\"\(key)\" is missing; add \(key), \(key)_file or credential: {\(key): NAME}"
        case .emptyText: "is empty; write a value or remove the key"
        case .notAmong(let value, let allowed):
            "\"\(value)\" is not known here"
                + Self.suggestion(value, allowed, "write one of \(allowed.joined(separator: ", "))")
        default: ""
        }
    }

    private var valueWording: String {
        switch self {
        case .missingUnit(let text, let example): "\"\(text)\" has no unit; write \"\(example)\""
        case .unknownUnit(let text, let unit): "\"\(text)\" has the unknown unit \"\(unit)\"; use ms, s, m, h or d"
        case .noDuration(let text): "\"\(text)\" is no duration; write for example \"90s\" or \"1h30m\""
        case .noByteCount(let text):
            "\"\(text)\" is no size; write a whole number of B, KiB, MiB, GiB or TiB, for example \"64MiB\""
        case .noRetention(let text):
            "\"\(text)\" is neither an age nor a size; write \"forever\", \"400d\" or \"10GiB\""
        case .noInteger(let text): "\"\(text)\" is no whole number; write digits only"
        case .noBoolean(let text): "\"\(text)\" is neither true nor false; write true or false"
        case .noDate(let text): "\"\(text)\" is no date; write YYYY-MM-DD"
        case .noTimeOfDay(let text): "\"\(text)\" is no time of day; write for example \"08:00\""
        case .noDigestTime(let text):
            "\"\(text)\" is no time of a digest; write for example \"08:00\" or \"Mon 08:00\""
        case .outOfRange(let text, let lower, let upper): "\"\(text)\" is out of range; write \(lower) to \(upper)"
        case .unknownTimeZone(let text, let nearest):
            "\"\(text)\" is no time zone of this machine; "
                + (nearest.map { "did you mean \"\($0)\"?" } ?? "write an IANA name such as \"Europe/Berlin\"")
        case .unknownCountry(let text):
            "\"\(text)\" is no country code; write the two letters of ISO 3166-1, for example \"FR\""
        case .unknownLanguage(let text):
            "\"\(text)\" is no language code; write the two letters of ISO 639-1, for example \"fr\", or \"und\""
        case .noAddressRule(let text):
            "\"\(text)\" is neither a block nor an endpoint; write for example \"192.168.1.20/32\" or \"rss-bridge:3000\""
        case .bareAddress(let text, let remedy): "\"\(text)\" has no prefix length; write \"\(remedy)\""
        case .opensNothing(let text):
            "\"\(text)\" opens nothing: outside private space only single addresses can be opened; "
                + "write an address with /32 or /128, or host:port"
        case .noEndpoint(let text): "\"\(text)\" is no endpoint; write for example \"127.0.0.1:9099\""
        case .noHostPattern(let text): "\"\(text)\" is no host pattern; write for example \"*.tumblr.com\""
        case .noProxy: "is no proxy address; write for example \"http://proxy.example.org:3128\""
        case .intervalsCrossed(let minimum, let maximum):
            "min_interval (\(minimum)) is longer than max_interval (\(maximum)); lower the one or raise the other"
        default: ""
        }
    }

    private var feedWording: String {
        switch self {
        case .noFeedID(let text, let remedy):
            "\"\(text)\" is no feed id; use a-z, 0-9, \".\", \"_\" and \"-\" only, for example \"\(remedy)\""
        case .duplicateFeedID(let id, let place):
            "the id \"\(id)\" is taken by the feed at \(place); ids are unique over all lists, change one"
        case .duplicateFeedURL(let id, let place):
            "the address is also listed as \"\(id)\" at \(place); polled once, with the tags of both"
        case .noFeedURL: "is no feed address; write a URL that begins with http:// or https://"
        case .noFeedLanguage(let text): "\"\(text)\" is no language tag; write for example \"fr\" or \"pt-BR\""
        case .intervalTooShort(let text):
            "\"\(text)\" is too short; write 1m to 7d (from 1s only for feeds on a private address in http.allow_private)"
        case .intervalBelowCourtesy(let text):
            "\"\(text)\" is short; servers may block readers that ask more often than every 15m"
        case .noFeeds: "lists no feed; add one or remove the file"
        case .outlineWithoutURL(let title):
            "outline \"\(title)\" is a feed without xmlUrl; add the address or remove it"
        case .include(let address): "outline of type include is not followed; import \"\(address)\" by itself"
        case .notOPML: "is no OPML: no <opml> element; export the list again"
        case .foreignEncoding(let name): "is encoded in \(name); save the file as UTF-8"
        default: ""
        }
    }

    private var secretWording: String {
        switch self {
        case .noHeaderName(let name): "\"\(name)\" is no header name; use letters, digits and \"-\""
        case .noHeaderValue: "holds a line break or control character; write one line"
        case .reservedHeader(let name): "\"\(name)\" is set by kagu itself; remove it"
        case .inlineSecret:
            "a signing key may not stand in the configuration; use secret_file or credential: {secret: NAME}"
        case .severalForms(let key, let forms): "\(key) is given \(forms.count) times (\(forms.joined(separator: ", "))); keep one"
        case .credentialsUnknown(let name):
            "credential \"\(name)\" cannot be read: CREDENTIALS_DIRECTORY is not set; start kagud through systemd "
                + "with LoadCredential"
        case .noCredential(let name, let directory):
            "credential \"\(name)\" is not in \(directory); add the file to /etc/kagu/secrets and restart kagu"
        case .secretUnreadable(let path, let reason):
            "cannot read \"\(path)\": \(reason); check the path and its permissions"
        case .secretEmpty(let path): "\"\(path)\" is empty; write the secret on its first line"
        case .secretWorldReadable(let path): "\"\(path)\" is readable by everybody; run chmod o-rwx on it"
        case .tooManyKeys(let path): "\"\(path)\" holds more than 10 keys; remove the oldest"
        case .noSigningKey(let line):
            "line \(line) of the secret is no signing key; write \"whsec_\" and the base64 of 24 to 64 bytes"
        default: ""
        }
    }

    private var alertWording: String {
        switch self {
        case .duplicateReceiver(let name, let place):
            "the name \"\(name)\" is taken by the receiver at \(place); change one"
        case .receiverNamedNone: "\"none\" means that nobody is told; choose another name"
        case .keyOfOtherType(let key, let type, let known):
            "a receiver of type \(type) has no key \"\(key)\""
                + Self.suggestion(key, known, "known here: \(known.joined(separator: ", "))")
        case .unknownReceiver(let name, let known):
            "no receiver is named \"\(name)\""
                + Self.suggestion(name, known + ["none"], "define it under alerts.receivers, or write none")
        case .unknownFallback(let name, let known):
            "no receiver is named \"\(name)\"" + Self.suggestion(name, known, "define it under alerts.receivers")
        case .noReceiverURL(let schemes):
            "is no address of this type; write \(schemes.map { "\($0)://…" }.joined(separator: " or "))"
        case .noTopic(let text): "\"\(text)\" is no topic; use 1 to 64 letters, digits, \"-\" and \"_\""
        case .unsigned: "messages go unsigned; add secret_file so that the receiver can tell them from forgeries"
        case .matchersAtRoot: "the root takes every hit and has no matchers; write a route under routes"
        case .continueAtRoot: "the root has no siblings; remove continue"
        case .noMatcher(let text):
            "\"\(text)\" is no matcher; write label op \"value\" with =, !=, =~ or !~, for example 'severity=~\"high|critical\"'"
        case .unknownLabel(let label):
            "unknown label \"\(label)\""
                + Self.suggestion(
                    label, LabelMatcher.Label.allCases.map(\.rawValue),
                    "known labels: \(LabelMatcher.Label.allCases.map(\.rawValue).joined(separator: ", "))")
        case .noExpression(let text): "\"\(text)\" is no regular expression; check brackets and backslashes"
        case .emptyWindow: "from and to are the same time; quiet hours would never or always hold, change one"
        case .zoneMissing: "\"tz\" is missing; add the time zone in which the times are meant"
        case .digestWithoutTimes: "neither \"every\" nor \"at\" says when the digest is sent; add one"
        case .digestNotWholeDays: "\"at\" needs a period of whole days; write every: 1d, or remove at"
        case .digestNotWholeWeeks: "a weekday needs a period of whole weeks; write every: 7d, or remove the weekday"
        default: ""
        }
    }

    private static func suggestion(_ word: String, _ candidates: [String], _ otherwise: String) -> String {
        let clause = Suggestion.clause(for: word, among: candidates)
        return clause.isEmpty ? "; \(otherwise)" : clause
    }
}
