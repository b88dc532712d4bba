// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Something wrong in a configuration, feed list or watch file, in words: the value, why it is refused, what to
/// write instead (house rule 12). Every sentence that the loader can say is below, and has a fixture in
/// Tests/KaguConfigTests/Fixtures/mistakes or a test of its own.
struct ConfigFault: Error, Hashable {
    /// Lower case, no full stop; follows the key path.
    let wording: String

    init(_ wording: String) { self.wording = wording }

    /// `; did you mean "x"?`, or `otherwise` where nothing is near.
    static func suggestion(_ word: String, _ candidates: [String], _ otherwise: String) -> String {
        let clause = Suggestion.clause(for: word, among: candidates)
        return clause.isEmpty ? "; \(otherwise)" : clause
    }
}

// MARK: Files

extension ConfigFault {
    static func unreadable(path: String, reason: String) -> Self {
        Self("cannot read \"\(path)\": \(reason); check the path and its permissions")
    }

    static func tooLarge(limit: ByteCount) -> Self {
        Self("is larger than \(limit); split it")
    }

    static let notUTF8 = Self("is not UTF-8; save the file as UTF-8")
    static func noFileMatches(_ pattern: String) -> Self {
        Self("no file matches \"\(pattern)\"; add one or remove the pattern")
    }

    static func noSuchFile(_ path: String) -> Self {
        Self("\"\(path)\" does not exist; correct the path or remove it")
    }

    static func unknownListFormat(_ name: String) -> Self {
        Self("\"\(name)\" is no feed list; name it *.yaml, *.opml or *.txt, as its content is")
    }
}

// MARK: YAML

extension ConfigFault {
    /// `line` is the line that the parser stumbled over, `rest` what it has from there on.
    static func notYAML(_ reason: String, line: Substring = "", rest: Substring = "") -> Self {
        let isNoToken = reason.contains("cannot start any token")
        if isNoToken, line.prefix(while: \.isWhitespace).contains("\t") {
            return Self("not YAML: a tab indents this line; write spaces")
        }
        if isNoToken, let first = rest.first {
            return Self("not YAML: a value may not begin with \"\(first)\"; put it in quotes")
        }
        if reason.contains("end of stream"), reason.contains("quoted scalar") {
            return Self("not YAML: the quotation mark that opens here is closed nowhere; close it")
        }
        if reason.contains("mapping values are not allowed") {
            return Self(
                "not YAML: a second colon in one line, or a key too far to the right; put values with \": \" in quotes, "
                    + "and keys of one mapping in one column")
        }
        return Self("not YAML: \(reason); check indentation, quotes and colons")
    }

    static let tooManyAliases = Self("aliases multiply what the file says without bound; write the values out")
    static let manyDocuments = Self("a second document begins here; keep one in a file")
    static func duplicateKey(_ key: String) -> Self {
        Self("key \"\(key)\" is written twice in one mapping; keep one")
    }

    static let keyNotText = Self("a list or mapping stands where a key belongs; write a name")
}

// MARK: Shapes

extension ConfigFault {
    static func wrongShape(found: String, expected: String) -> Self {
        Self("is \(found) but must be \(expected)")
    }

    static func unknownKey(_ key: String, known: [String]) -> Self {
        Self(
            "unknown key \"\(key)\"" + suggestion(key, known, "known here: \(known.joined(separator: ", "))"))
    }

    static func missingKey(_ key: String) -> Self {
        Self("\"\(key)\" is missing; add it")
    }

    static func missingSecret(_ key: String) -> Self {
        Self("\"\(key)\" is missing; add \(key), \(key)_file or credential: {\(key): NAME}")
    }

    static let emptyText = Self("is empty; write a value or remove the key")
    static func notAmong(_ value: String, allowed: [String]) -> Self {
        Self(
            "\"\(value)\" is not known here"
                + suggestion(value, allowed, "write one of \(allowed.joined(separator: ", "))"))
    }
}

// MARK: Values

extension ConfigFault {
    static func missingUnit(_ text: String, example: String) -> Self {
        Self("\"\(text)\" has no unit; write \"\(example)\"")
    }

    static func unknownUnit(_ text: String, unit: String) -> Self {
        Self("\"\(text)\" has the unknown unit \"\(unit)\"; use ms, s, m, h or d")
    }

    static func noDuration(_ text: String) -> Self {
        Self("\"\(text)\" is no duration; write for example \"90s\" or \"1h30m\"")
    }

    static func noByteCount(_ text: String) -> Self {
        Self("\"\(text)\" is no size; write a whole number of B, KiB, MiB, GiB or TiB, for example \"64MiB\"")
    }

    static func noRetention(_ text: String) -> Self {
        Self("\"\(text)\" is neither an age nor a size; write \"forever\", \"400d\" or \"10GiB\"")
    }

    static func noInteger(_ text: String) -> Self {
        Self("\"\(text)\" is no whole number; write digits only")
    }

    static func noBoolean(_ text: String) -> Self {
        Self("\"\(text)\" is neither true nor false; write true or false")
    }

    static func noDate(_ text: String) -> Self {
        Self("\"\(text)\" is no date; write YYYY-MM-DD")
    }

    static func noTimeOfDay(_ text: String) -> Self {
        Self("\"\(text)\" is no time of day; write for example \"08:00\"")
    }

    static func noDigestTime(_ text: String) -> Self {
        Self("\"\(text)\" is no time of a digest; write for example \"08:00\" or \"Mon 08:00\"")
    }

    static func outOfRange(_ text: String, lower: String, upper: String) -> Self {
        Self("\"\(text)\" is out of range; write \(lower) to \(upper)")
    }

    static func unknownTimeZone(_ text: String, nearest: String?) -> Self {
        Self(
            "\"\(text)\" is no time zone of this machine; "
                + (nearest.map { "did you mean \"\($0)\"?" } ?? "write an IANA name such as \"Europe/Berlin\""))
    }

    static func unknownCountry(_ text: String) -> Self {
        Self("\"\(text)\" is no country code; write the two letters of ISO 3166-1, for example \"FR\"")
    }

    static func unknownLanguage(_ text: String) -> Self {
        Self("\"\(text)\" is no language code; write the two letters of ISO 639-1, for example \"fr\", or \"und\"")
    }

    static func noAddressRule(_ text: String) -> Self {
        Self(
            "\"\(text)\" is neither a block nor an endpoint; "
                + "write for example \"192.168.1.20/32\" or \"rss-bridge:3000\""
        )
    }

    static func bareAddress(_ text: String, remedy: String) -> Self {
        Self("\"\(text)\" has no prefix length; write \"\(remedy)\"")
    }

    static func opensNothing(_ text: String) -> Self {
        Self(
            "\"\(text)\" opens nothing: outside private space only single addresses can be opened; "
                + "write an address with /32 or /128, or host:port")
    }

    static func noEndpoint(_ text: String) -> Self {
        Self("\"\(text)\" is no endpoint; write for example \"127.0.0.1:9099\"")
    }

    static func noHostPattern(_ text: String) -> Self {
        Self("\"\(text)\" is no host pattern; write for example \"*.tumblr.com\"")
    }

    static let noProxy = Self("is no proxy address; write for example \"http://proxy.example.org:3128\"")
    static func intervalsCrossed(minimum: String, maximum: String) -> Self {
        Self("min_interval (\(minimum)) is longer than max_interval (\(maximum)); lower the one or raise the other")
    }
}

// MARK: Feeds

extension ConfigFault {
    static func noFeedID(_ text: String, remedy: String) -> Self {
        Self("\"\(text)\" is no feed id; use a-z, 0-9, \".\", \"_\" and \"-\" only, for example \"\(remedy)\"")
    }

    static func duplicateFeedID(_ id: String, _ place: SourceLocation) -> Self {
        Self("the id \"\(id)\" is taken by the feed at \(place); ids are unique over all lists, change one")
    }

    static func duplicateFeedURL(id: String, _ place: SourceLocation) -> Self {
        Self("the address is also listed as \"\(id)\" at \(place); polled once, with the tags of both")
    }

    static func alreadyListed(id: String, _ place: SourceLocation?) -> Self {
        Self("is listed already as \"\(id)\"" + (place.map { " at \($0)" } ?? "") + "; nothing was added")
    }

    static func feedOfOtherList(_ id: String, _ place: SourceLocation, own: String) -> Self {
        Self(
            "the feed \"\(id)\" stands in this list, not in \(FilePath.name(of: own)) of the state directory; "
                + "remove it here (line \(place.line)) and reload kagu")
    }

    static func unknownFeed(_ id: String, known: [String]) -> Self {
        Self("no feed has the id \"\(id)\"" + suggestion(id, known, "kagu feeds list shows all ids"))
    }

    static let unwritableFeed = Self(
        "a feed cannot be written so that it reads back the same; remove control characters from its title and tags"
    )
    static func unwritable(path: String, reason: String) -> Self {
        Self("cannot write \"\(path)\": \(reason); check the directory and its permissions")
    }

    static let noFeedURL = Self("is no feed address; write a URL that begins with http:// or https://")
    static let spaceInURL = Self("is no feed address: it holds a space or control character; write %20 for a space")
    static let noHost = Self("is no feed address: no usable host; write http://HOST/PATH or https://HOST/PATH")
    static let urlTooLong = Self("is no feed address: longer than 8 KiB; shorten it")
    static let userInfoInURL = Self(
        "holds a user name or password, which everybody sees who may read the list; write a header "
            + "(Authorization: secret:NAME)")
    static func noFeedLanguage(_ text: String) -> Self {
        Self("\"\(text)\" is no language tag; write for example \"fr\" or \"pt-BR\"")
    }

    static func intervalTooShort(_ text: String) -> Self {
        Self(
            "\"\(text)\" is too short; write 1m to 7d "
                + "(from 1s only for feeds on a private address in http.allow_private)"
        )
    }

    static func intervalBelowCourtesy(_ text: String) -> Self {
        Self("\"\(text)\" is short; servers may block readers that ask more often than every 15m")
    }

    static let noFeeds = Self("lists no feed; add one or remove the file")
    static func outlineWithoutURL(_ title: String) -> Self {
        Self("outline \"\(title)\" is a feed without xmlUrl; add the address or remove it")
    }

    static func include(_ address: String) -> Self {
        Self("outline of type include is not followed; import \"\(address)\" by itself")
    }

    static func scrapedOutline(_ title: String, type: String) -> Self {
        Self("outline \"\(title)\" of type \(type) is a page, not a feed; kagu polls feeds only")
    }

    static func deepOPML(limit: Int) -> Self {
        Self("outlines stand in each other over more than \(limit) levels; the names of deeper ones are no tags")
    }

    static let cutOPML = Self("ends before </opml>: a part may be missing; export the list again")
    static let notOPML = Self("is no OPML: no <opml> element; export the list again")
    static func foreignEncoding(_ name: String) -> Self {
        Self("is declared as \(name) but cannot be read so; save the file as UTF-8")
    }
}

// MARK: Headers and secrets

extension ConfigFault {
    static func noHeaderName(_ name: String) -> Self {
        Self("\"\(name)\" is no header name; use letters, digits and \"-\"")
    }

    static let noHeaderValue = Self("holds a line break or control character; write one line")
    static func reservedHeader(_ name: String) -> Self {
        Self("\"\(name)\" is set by kagu itself; remove it")
    }

    static let inlineSecret = Self(
        "a signing key may not stand in the configuration; use secret_file or credential: {secret: NAME}")
    static func severalForms(_ key: String, _ forms: [String]) -> Self {
        Self("\(key) is given \(forms.count) times (\(forms.joined(separator: ", "))); keep one")
    }

    static func credentialsUnknown(_ name: String) -> Self {
        Self(
            "credential \"\(name)\" cannot be read: CREDENTIALS_DIRECTORY is not set; start kagud through systemd "
                + "with LoadCredential")
    }

    static func noCredential(_ name: String, directory: String) -> Self {
        Self("credential \"\(name)\" is not in \(directory); add the file to /etc/kagu/secrets and restart kagu")
    }

    static func secretUnreadable(_ path: String, reason: String) -> Self {
        Self("cannot read \"\(path)\": \(reason); check the path and its permissions")
    }

    static func secretEmpty(_ path: String) -> Self {
        Self("\"\(path)\" is empty; write the secret on its first line")
    }

    static func secretWorldReadable(_ path: String) -> Self {
        Self("\"\(path)\" is readable by everybody; run chmod o-rwx on it")
    }

    static func tooManyKeys(_ path: String) -> Self {
        Self("\"\(path)\" holds more than 10 keys; remove the oldest")
    }

    static func noSigningKey(line: Int) -> Self {
        Self("line \(line) of the secret is no signing key; write \"whsec_\" and the base64 of 24 to 64 bytes")
    }
}

// MARK: Routes

extension ConfigFault {
    static let matchersAtRoot = Self("the root takes every hit and has no matchers; write a route under routes")
    static let continueAtRoot = Self("the root has no siblings; remove continue")
    static func noMatcher(_ text: String) -> Self {
        Self(
            "\"\(text)\" is no matcher; write label op \"value\" with =, !=, =~ or !~, "
                + "for example 'severity=~\"high|critical\"'"
        )
    }

    static func unknownLabel(_ label: String) -> Self {
        Self(
            "unknown label \"\(label)\""
                + suggestion(
                    label, LabelMatcher.Label.allCases.map(\.rawValue),
                    "known labels: \(LabelMatcher.Label.allCases.map(\.rawValue).joined(separator: ", "))"))
    }

    static func noExpression(_ text: String) -> Self {
        Self("\"\(text)\" is no regular expression; check brackets and backslashes")
    }

    static let emptyWindow = Self(
        "from and to are the same time; quiet hours would never or always hold, change one")
    static let zoneMissing = Self("\"tz\" is missing; add the time zone in which the times are meant")
    static let digestWithoutTimes = Self("neither \"every\" nor \"at\" says when the digest is sent; add one")
    static let digestNotWholeDays = Self("\"at\" needs a period of whole days; write every: 1d, or remove at")
    static let digestNotWholeWeeks = Self(
        "a weekday needs a period of whole weeks; write every: 7d, or remove the weekday")
}

// MARK: Watches

extension ConfigFault {
    static let noWatchFile = Self(
        "is a list, but a watch file names what it holds; write entities:, groups:, topics: or watches: above it")
    static func noID(_ text: String) -> Self {
        Self("\"\(text)\" is no id; use a-z, 0-9, \".\", \"_\" and \"-\" only, for example \"org.big\"")
    }

    static let plainExpression = Self(
        "a plain expression would lose its end, since \" #\" begins a comment and \"@\" may not begin a value; "
            + "put it in quotes or write a block scalar (when: >)")
    static func unknownAliasLanguage(_ code: String) -> Self {
        Self(
            "\"\(code)\" is no language of aliases"
                + suggestion(
                    code, AliasLanguage.allCases.map(\.rawValue), "write forms of other languages under any"))
    }
}
