// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `kagu init` puts into a directory.
struct StarterFiles: Hashable {
    /// The packaged configuration's directory; its state lies elsewhere than beside it.
    static let packagedDirectory = "/etc/kagu"

    /// Without a trailing slash.
    let directory: String

    init(_ directory: String) {
        var path = directory.isEmpty ? "." : directory
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.directory = path
    }

    /// Paths by what became of them.
    struct Outcome: Hashable {
        var written: [String] = []
        var kept: [String] = []
    }

    /// Writes every file that is not there. Throws what the system refuses, naming the file.
    func write() throws -> Outcome {
        var outcome = Outcome()
        for folder in ["", "/feeds", "/watches", "/watches/examples"] {
            guard mkdir(directory + folder, 0o755) == 0 || errno == EEXIST else {
                throw CommandFailure("init: \(directory + folder): \(SystemReason.text(errno))")
            }
        }
        for (name, text) in texts {
            let path = "\(directory)/\(name)"
            // kagu.yaml may come to hold addresses that are credentials.
            let mode: mode_t = name == "kagu.yaml" ? 0o640 : 0o644
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            if descriptor < 0, errno == EEXIST {
                outcome.kept.append(path)
                continue
            }
            guard descriptor >= 0 else { throw CommandFailure("init: \(path): \(SystemReason.text(errno))") }
            defer { close(descriptor) }
            if let reason = Descriptor.write(Array(text.utf8), to: descriptor) {
                unlink(path)
                throw CommandFailure("init: \(path): \(SystemReason.text(reason))")
            }
            outcome.written.append(path)
        }
        return outcome
    }

    /// What to do next.
    var advice: String {
        let isPackaged = directory == Self.packagedDirectory
        let option = isPackaged ? "" : " --config \(directory)/kagu.yaml"
        return """
            Next: list feeds in \(directory)/feeds/feeds.yaml, say what to look for in \(directory)/watches, then
              kagu check\(option)
              kagu watches test --watches \(directory)/watches
              \(isPackaged ? "systemctl start kagu" : "kagud\(option)")

            """
    }

    /// The files by name.
    var texts: [(name: String, text: String)] {
        [
            ("kagu.yaml", configuration), ("feeds/feeds.yaml", Self.feeds),
            ("watches/example.yaml", Self.watches), ("watches/examples/example.jsonl", Self.examples),
        ]
    }

    private var configuration: String {
        """
        # kagu's configuration: what is left out is at its default. Check it with `kagu check`; every key is in
        # docs/configuration.md. Globs are relative to this file; durations carry units (10s 5m 2h 7d).

        feeds: [feeds/*.yaml]             # also *.opml of another reader, *.txt with one URL a line
        watches: [watches/*.yaml]

        store:
          dir: \(directory == Self.packagedDirectory ? "/var/lib/kagu" : "state")

        http:
          contact:                        # a URL or address where site owners reach you

        alerts:
          receivers: []
          #  - name: desk
          #    type: webhook
          #    url: https://hooks.example.org/kagu
          #    secret_file: desk.secret   # whsec_ and base64 of 24 to 64 bytes; readable by kagu alone
          route:
            receiver: none                # the name of a receiver; none: hits are stored, nobody is told

        """
    }

    private static let feeds = """
        # One entry for each feed. `kagu feeds discover URL` finds them, `kagu feeds test URL` shows what kagu reads.

        feeds:
          - id: un-news
            url: https://news.un.org/feed/subscribe/en/news/all/rss.xml
            title: UN News
            language: en
            class: unknown                # state, wire, independent, ngo; filters and routes can use it

        """

    private static let watches = """
        # An entity is a name with all its forms, a watch an expression over entities, topics and words. kagu follows
        # names through inflection, case and accents by itself. docs/watches.md tells the rest.

        entities:
          - id: org.harbour_union
            kind: organisation
            name: Harbour Workers' Union
            aliases:
              en: [Harbour Workers' Union, {text: HWU, case: exact, anchored: true}]
              fr: [syndicat des dockers]

        watches:
          - id: harbour-strikes
            title: Strikes in the harbour
            when: '@org.harbour_union NEAR/20 ("strike" OR "walkout" OR "grève")'
            severity: medium

        """

    private static let examples = """
        {"id":"1","kind":"match","lang":"en","text":"The Harbour Workers' Union called a strike.",\
        "must":["harbour-strikes"],"not":[],"why":"name and word are near"}
        {"id":"2","kind":"match","lang":"en","text":"HWU opened a new office.",\
        "must":[],"not":["org.harbour_union","harbour-strikes"],"why":"the acronym alone is not the union"}

        """
}
