// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import KaguFeed
import KaguMatch
import KaguModel

/// Runs one ability over files, so that its cost can be set against a peer's on the same input (B8–B10, B15).
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kagu-bench", abstract: "Cost of single abilities of kagu.",
        subcommands: [Parse.self, Match.self, Post.self])
}

/// Parses files to the full item model, without the limits on body and items (S6).
struct Parse: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Parse feed files; prints files= items= bad=.")

    @Option(name: .customLong("files-from"), help: "A file with one path a line.")
    var list: String

    func run() throws {
        var context = ParseContext()
        context.limits.bodyBytes = .max
        context.limits.items = .max
        var (files, items, bad) = (0, 0, 0)
        for path in try String(contentsOfFile: list, encoding: .utf8).split(separator: "\n") {
            let bytes = try Self.contents(of: String(path))
            files += 1
            do {
                items += try FeedParser.parse(bytes, context: context).items.count
            } catch {
                bad += 1
            }
        }
        print("files=\(files) items=\(items) bad=\(bad)")
    }

    /// A file's bytes, read once into the array that is parsed, as the daemon has them from libcurl.
    private static func contents(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw ValidationError("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        return try [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
                guard got >= 0 else { throw ValidationError("\(path): \(String(cString: strerror(errno)))") }
                if got == 0 { break }
                count += got
            }
        }
    }
}

/// Matches terms, case-folded and as whole words, against texts.
struct Match: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Match terms against lines; prints lines= pairs= (a pair is a line and a term, once).")

    @Option(help: "A file with one term a line.")
    var terms: String

    @Argument(help: "A file with one text a line.")
    var corpus: String

    func run() throws {
        let place = SourceLocation(file: terms)
        let entities = try String(contentsOfFile: terms, encoding: .utf8).split(separator: "\n").enumerated().map {
            index, term in
            Entity(
                id: "event.t\(index)", kind: .event, name: String(term),
                aliases: [Alias(String(term), language: .any, inflects: false, location: place)], location: place)
        }
        let matcher = try Matcher(Watchlist(entities: entities))
        var (lines, pairs) = (0, 0)
        let text = try Data(contentsOf: URL(filePath: corpus), options: .alwaysMapped)
        let bytes = text.span
        var start = 0
        while start < bytes.count {
            let end = Self.lineEnd(text, from: start)
            let line = bytes.extracting(start..<end)
            start = end + 1
            guard !line.isEmpty else { continue }
            lines += 1
            guard matcher.mayFind(in: line) else { continue }
            let document = Document(content: String(copying: try UTF8Span(validating: line)))
            pairs += matcher.match(document, needsLanguage: false).entities.count
        }
        print("lines=\(lines) pairs=\(pairs)")
    }

    /// Where the line that begins at `start` ends.
    private static func lineEnd(_ text: Data, from start: Int) -> Int {
        text.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress,
                let end = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
            else { return bytes.count }
            return UnsafeRawPointer(end) - base
        }
    }
}
