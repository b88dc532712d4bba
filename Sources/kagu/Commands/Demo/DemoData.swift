// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// Where the demo finds the daemon, its feeds and its watches, installed or in the build tree (O29).
struct DemoData: Hashable, Sendable {
    /// The program `kagud`.
    var daemon: String
    /// The directory with `round1/`, `round2/` and `demo.yaml`.
    var feeds: String
    /// The directory of the watch files.
    var watches: String

    /// Looks beside the executable, then below its prefix, then in every directory above it. `exists` tells whether
    /// a path is there.
    static func locate(executable: String, exists: (String) -> Bool) throws -> DemoData {
        let directory = parent(executable)
        let daemon = directory + "/kagud"
        guard exists(daemon) else {
            throw CommandFailure("demo: \(daemon): not there; build or install kagud beside kagu")
        }
        let prefix = parent(directory)
        let installedFeeds = prefix + "/share/kagu/feeds/demo"
        let installedWatches = [prefix + "/etc/kagu/watches", "/etc/kagu/watches"].first(where: exists)
        if exists(installedFeeds + "/demo.yaml"), let installedWatches {
            return DemoData(daemon: daemon, feeds: installedFeeds, watches: installedWatches)
        }
        var above = directory
        while true {
            if exists(above + "/feeds/demo/demo.yaml"), exists(above + "/config/watches") {
                return DemoData(daemon: daemon, feeds: above + "/feeds/demo", watches: above + "/config/watches")
            }
            guard above != "/", !above.isEmpty else { break }
            above = parent(above)
        }
        throw CommandFailure(
            "demo: feeds/demo and config/watches: not found from \(directory) upwards nor in \(installedFeeds);"
                + " run it from the build tree or install the whole package")
    }

    /// What belongs to the running executable.
    static func ofProcess() throws -> DemoData {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else {
            throw CommandFailure("demo: /proc/self/exe: \(SystemReason.text(errno)); mount /proc")
        }
        let executable = String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return try locate(executable: executable) { access($0, R_OK) == 0 }
    }

    private static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// One round of the demo's documents: the names that are served and their bytes, dates filled in.
struct DemoRound: Hashable, Sendable {
    /// The documents by file name.
    var documents: [String: [UInt8]]

    /// Reads `feeds/round1`, and for the second round `feeds/round2` over it: what did not change stays.
    static func read(_ number: Int, from feeds: String, at now: Instant) throws -> DemoRound {
        var round = DemoRound(documents: [:])
        for directory in (1...number).map({ "\(feeds)/round\($0)" }) {
            for name in try DirectoryListing.names(directory) where !name.hasPrefix(".") {
                let bytes = try InputFile("\(directory)/\(name)").read(limit: .mebibytes(4))
                round.documents[name] = DatePlaceholder.filled(bytes, at: now)
            }
        }
        return round
    }
}

/// The dates of the demo's new items, which are those of the moment they appear.
enum DatePlaceholder {
    /// `{{now}}` becomes an RFC 822 date, `{{now_iso}}` an RFC 3339 one; all other bytes stay, whatever their encoding.
    static func filled(_ bytes: [UInt8], at now: Instant) -> [UInt8] {
        let values = [("{{now}}", MailDate.text(now, zone: "+0000")), ("{{now_iso}}", now.shortDescription)]
        return values.reduce(bytes) { replaced($0, Array($1.0.utf8), Array($1.1.utf8)) }
    }

    /// Every occurrence of `mark` replaced.
    static func replaced(_ bytes: [UInt8], _ mark: [UInt8], _ value: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == mark[0], bytes[index...].starts(with: mark) {
                out += value
                index += mark.count
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }
}

/// Dates as mail and HTTP write them (RFC 5322 §3.3, RFC 9110 §5.6.7).
enum MailDate {
    /// `Sun, 22 Nov 2026 09:13:31 +0000`; HTTP's zone is `GMT`.
    static func text(_ instant: Instant, zone: String) -> String {
        let time = CivilClock.utc.civil(at: instant)
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = days[((time.date.daysSinceEpoch % 7) + 7) % 7]
        let clock = time.description.split(separator: " ").last ?? ""
        let day = time.date.day < 10 ? "0\(time.date.day)" : "\(time.date.day)"
        return "\(weekday), \(day) \(months[time.date.month - 1]) \(time.date.year) \(clock) \(zone)"
    }
}
