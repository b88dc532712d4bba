// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Paths and globs as configuration writes them: relative to the file that names them, or absolute.
enum FilePath {
    /// The directory of a path, with its slash; empty for a bare name.
    static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// The last part of a path.
    static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// What follows the last full stop of a path's name, lower case.
    static func fileExtension(of path: String) -> String {
        let name = name(of: path)
        return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }

    /// `path` below `directory` unless it is absolute; `..` is folded away where that names the same file.
    static func resolve(_ path: String, below directory: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let joined = directory + path
        let folded = fold(joined)
        return same(folded, joined) ? folded : joined
    }

    /// Whether a pattern has wildcards.
    static func isPattern(_ path: String) -> Bool { path.contains { "*?[".contains($0) } }

    /// The files that match, in the order of their names; `pattern` is relative to `directory` unless absolute.
    static func matches(_ pattern: String, below directory: String) -> [String] {
        var full = pattern
        if !pattern.hasPrefix("/") { full = escape(directory) + pattern }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(full, 0, nil, &found) == 0, let paths = found.gl_pathv else { return [] }
        let names = (0..<Int(found.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
        return names.filter { !FileReader.isDirectory($0) }.map { path in
            let folded = fold(path)
            return same(folded, path) ? folded : path
        }.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    }

    private static func escape(_ path: String) -> String {
        path.reduce(into: "") { out, character in
            if "*?[\\".contains(character) { out.append("\\") }
            out.append(character)
        }
    }

    /// `config/../feeds/a.yaml` → `feeds/a.yaml`.
    private static func fold(_ path: String) -> String {
        var kept: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = kept.last, last != ".." { kept.removeLast() } else { kept.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + kept.joined(separator: "/")
    }

    private static func same(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        func identity(_ path: String) -> (UInt, UInt)? {
            var status = stat()
            // Of a pattern or a missing file, the directory counts.
            let target = stat(path, &status) == 0 ? path : directory(of: path)
            guard stat(target.isEmpty ? "." : target, &status) == 0 else { return nil }
            return (UInt(status.st_dev), UInt(status.st_ino))
        }
        guard let first = identity(left), let second = identity(right) else { return false }
        return first == second
    }
}
