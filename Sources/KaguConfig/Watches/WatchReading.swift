// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// Watch files as far as they could be read, with every problem: for commands that check rather than run (M56).
public struct WatchReading: Hashable, Sendable {
    /// What could be read. An entity, group or topic with a mistake in it is there under its id.
    public let watchlist: Watchlist
    /// Errors and warnings of shapes, keys and fixed words, sorted by place; ids and expressions are not yet checked.
    public let problems: [ConfigProblem]
    /// The files, in order.
    public let files: [String]
    /// The files of which nothing is known, so that ids may seem to be missing.
    public let unreadableFiles: [String]
}

extension ConfigLoader {
    /// Reads the watch files that a main file names, and the main file for nothing else: of its problems only the
    /// errors count. Never throws; whatever is wrong is among the problems.
    public func readWatches(ofConfiguration path: String) -> WatchReading {
        var load = blankLoad()
        load.readMain(path)
        let errors = load.problems.filter { $0.severity == .error }
        let count = load.problems.count
        load.readWatches()
        return WatchReading(load, errors + load.problems.dropFirst(count))
    }

    /// Reads watch files only: each path is a file, a glob or a directory (its `*.yaml`, in name order). Never throws.
    public func readWatches(_ paths: [String]) -> WatchReading {
        var load = blankLoad()
        load.readWatches(paths)
        return WatchReading(load, load.problems)
    }
}

extension WatchReading {
    fileprivate init(_ load: ConfigLoad, _ problems: [ConfigProblem]) {
        self.init(
            watchlist: load.config.watchlist, problems: problems.sortedByPlace(), files: load.watchFiles,
            unreadableFiles: load.unreadableWatchFiles)
    }
}

/// Shows the lines that problems are about, for those that come without: the compiler of watches knows places only.
public struct SourceExcerpts: Sendable {
    private var lines: [String: [Substring]] = [:]

    /// No file read yet.
    public init() {}

    /// The problem with its line and a caret; as it is where it has an excerpt or no column, or the file is gone.
    public mutating func filled(_ problem: ConfigProblem) -> ConfigProblem {
        guard problem.excerpt == nil, let place = problem.location, place.line > 0, place.column > 0 else {
            return problem
        }
        let lines = lines(of: place.file)
        guard place.line <= lines.count else { return problem }
        return ConfigProblem(
            problem.message, at: place,
            excerpt: ConfigProblem.excerpt(line: lines[place.line - 1], column: place.column),
            severity: problem.severity)
    }

    private mutating func lines(of file: String) -> [Substring] {
        if let known = lines[file] { return known }
        let bytes = (try? FileReader.read(file).bytes) ?? []
        var text = String(decoding: bytes, as: UTF8.self)
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        let cut = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        lines[file] = cut
        return cut
    }
}
