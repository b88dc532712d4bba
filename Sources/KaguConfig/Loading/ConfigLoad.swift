// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// One run of the loader: what has been read so far and what was wrong with it.
struct ConfigLoad {
    var config = Config()
    private let credentials: Credentials
    private let secretPolicy: ConfigLoader.SecretPolicy
    private(set) var problems: [ConfigProblem] = []
    /// The watch files that were read, in order.
    private(set) var watchFiles: [String] = []
    /// Watch files of which nothing is known: not to be read, or no YAML.
    private(set) var unreadableWatchFiles: [String] = []
    private var feedPatterns: [FilePatternSource] = []
    private var watchPatterns: [FilePatternSource] = []

    init(credentials: Credentials, secretPolicy: ConfigLoader.SecretPolicy) {
        self.credentials = credentials
        self.secretPolicy = secretPolicy
    }

    /// Reads `kagu.yaml`.
    mutating func readMain(_ path: String?) {
        guard let path, let text = text(of: path) else { return }
        config.path = path
        let file = SourceFile(name: path, text: text)
        let reader = MainFileReader(file: file, credentials: credentials, secretPolicy: secretPolicy)
        let main = reader.read(text)
        config = main.config
        config.path = path
        problems += file.problems
        feedPatterns = main.feedPatterns
        watchPatterns = main.watchPatterns
    }

    /// Reads the feed lists and joins them.
    mutating func readFeeds(overridden patterns: [String]) {
        let sources =
            patterns.isEmpty
            ? feedPatterns : patterns.map { FilePatternSource(pattern: $0, origin: .commandLine("--feeds")) }
        var lists: [FeedList] = []
        var paths = paths(of: sources, extensions: FeedListReader.extensions)
        // What commands have added comes last, so that a list written by hand keeps the say (H3).
        let ownList = FilePath.resolve(StateFeedList.fileName, below: config.store.directory + "/")
        if !FileReader.isAbsent(ownList), !paths.contains(where: { FileReader.same($0, ownList) }) {
            paths.append(ownList)
        }
        for path in paths {
            if let bytes = bytes(of: path) { lists.append(FeedListReader.read(bytes, file: path)) }
        }
        config.feeds = FeedUnion(lists: lists, allowPrivate: config.http.allowPrivate).feeds
        checkHeaderCredentials(of: lists.flatMap(\.records))
        problems += lists.flatMap(\.file.problems)
    }

    /// Feeds keep the names of their credentials; that they exist is told now, not at the first poll.
    private func checkHeaderCredentials(of records: [FeedRecord]) {
        guard secretPolicy == .required || credentials.directory != nil else { return }
        for record in records {
            for case .credential(let name) in record.feed.headers.map(\.value)
            where credentials.secret(named: name) == nil {
                record.report(
                    credentials.fault(name), key: "headers", at: record.headersPlace ?? record.idPlace,
                    severity: secretPolicy == .required ? .error : .warning)
            }
        }
    }

    /// Reads the watch files that `kagu.yaml` names.
    mutating func readWatches() {
        readWatchFiles(paths(of: watchPatterns, extensions: ["yaml", "yml"]))
    }

    /// Reads the watch files that the command line names.
    mutating func readWatches(_ given: [String]) {
        let sources = given.map { path in
            FilePatternSource(
                pattern: FileReader.isDirectory(path) ? "\(path)/*.yaml" : path, origin: .commandLine("watches"))
        }
        readWatchFiles(paths(of: sources, extensions: ["yaml", "yml"]))
    }

    private mutating func readWatchFiles(_ paths: [String]) {
        for path in paths {
            watchFiles.append(path)
            guard let text = text(of: path) else {
                unreadableWatchFiles.append(path)
                continue
            }
            let file = SourceFile(name: path, text: text)
            config.watchlist.append(WatchFileReader(file: file).read(text))
            if file.isUnreadable { unreadableWatchFiles.append(path) }
            problems += file.problems
        }
    }

    /// `store.dir`, if the main file is sound.
    func stateDirectory() throws(ConfigFailure) -> String {
        guard !problems.contains(where: { $0.severity == .error }) else { throw ConfigFailure(problems) }
        return config.store.directory
    }

    /// The configuration, or every problem.
    func finished() throws(ConfigFailure) -> Config {
        guard !problems.contains(where: { $0.severity == .error }) else { throw ConfigFailure(problems) }
        var config = config
        config.warnings = problems.sortedByPlace()
        return config
    }

    // MARK: Files

    private mutating func paths(of sources: [FilePatternSource], extensions: [String]) -> [String] {
        var found: [String] = []
        for source in sources {
            let matches = matches(of: source, extensions: extensions)
            found += matches.filter { !found.contains($0) }
        }
        return found
    }

    private mutating func matches(of source: FilePatternSource, extensions: [String]) -> [String] {
        let directory = source.directory
        guard FilePath.isPattern(source.pattern) else {
            let path = FilePath.resolve(source.pattern, below: directory)
            if !FileReader.exists(path) {
                problems.append(source.problem(.noSuchFile(path)))
                return []
            }
            guard extensions.contains(FilePath.fileExtension(of: path)) || !source.checksExtension else {
                problems.append(source.problem(.unknownListFormat(path)))
                return []
            }
            return [path]
        }
        let matches = FilePath.matches(source.pattern, below: directory)
        let usable = matches.filter { extensions.contains(FilePath.fileExtension(of: $0)) }
        if usable.isEmpty, source.isWritten {
            problems.append(source.problem(.noFileMatches(source.pattern), severity: source.severityWhenEmpty))
        }
        return usable
    }

    private mutating func text(of path: String) -> String? {
        guard let bytes = bytes(of: path) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            report(.notUTF8, path)
            return nil
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    private mutating func bytes(of path: String) -> [UInt8]? {
        do {
            return try FileReader.read(path).bytes
        } catch {
            switch error {
            case .missing: problems.append(ConfigProblem(ConfigFault.noSuchFile(path).wording))
            case .refused(let reason):
                problems.append(ConfigProblem(ConfigFault.unreadable(path: path, reason: reason).wording))
            case .tooLarge(let limit): report(.tooLarge(limit: limit), path)
            }
            return nil
        }
    }

    private mutating func report(_ fault: ConfigFault, _ path: String) {
        problems.append(ConfigProblem(fault.wording, at: SourceLocation(file: path)))
    }
}

/// A pattern for files together with who named it.
struct FilePatternSource {
    /// Who named the pattern.
    enum Origin {
        /// A key of `kagu.yaml`: its place, key path and excerpt come from the cursor.
        case key(YAMLCursor)
        /// The default of a key of that file.
        case standard(file: String)
        /// A flag.
        case commandLine(String)
    }

    let pattern: String
    let origin: Origin

    /// What relative patterns are relative to; empty for the working directory.
    var directory: String {
        switch origin {
        case .key(let cursor): FilePath.directory(of: cursor.file.name)
        case .standard(let file): FilePath.directory(of: file)
        case .commandLine: ""
        }
    }

    /// Whether the operator wrote it: defaults may match nothing.
    var isWritten: Bool { if case .standard = origin { false } else { true } }

    /// Feed lists are told apart by their extension; a watch file given on the command line may have any.
    var checksExtension: Bool { if case .commandLine("watches") = origin { false } else { true } }

    /// A glob that matches nothing is odd in a file and a mistake on the command line.
    var severityWhenEmpty: ConfigProblem.Severity { if case .commandLine = origin { .error } else { .warning } }

    func problem(_ fault: ConfigFault, severity: ConfigProblem.Severity = .error) -> ConfigProblem {
        switch origin {
        case .key(let cursor):
            return cursor.file.problem(fault, path: cursor.path, cursor.node.line, cursor.node.column, severity)
        case .standard(let file):
            return ConfigProblem(fault.wording, at: SourceLocation(file: file), severity: severity)
        case .commandLine(let flag): return ConfigProblem("\(flag): \(fault.wording)", severity: severity)
        }
    }
}
