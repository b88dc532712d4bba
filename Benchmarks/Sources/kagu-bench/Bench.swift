// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import KaguFeed
import KaguMatch
import KaguModel

/// Runs one ability over files, so that its cost can be set against a peer's on the same input (B8–B10).
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kagu-bench", abstract: "Cost of single abilities of kagu.", subcommands: [Parse.self, Match.self])
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
            let bytes = try Array(Data(contentsOf: URL(filePath: String(path))))
            files += 1
            do {
                items += try FeedParser.parse(bytes, context: context).items.count
            } catch {
                bad += 1
            }
        }
        print("files=\(files) items=\(items) bad=\(bad)")
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
        for line in try String(contentsOfFile: corpus, encoding: .utf8).split(separator: "\n") {
            lines += 1
            pairs += matcher.match(Document(content: String(line))).entities.count
        }
        print("lines=\(lines) pairs=\(pairs)")
    }
}
