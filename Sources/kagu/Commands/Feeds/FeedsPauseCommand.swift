// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel
import KaguStore

/// `kagu feeds pause ID…`: polls them no more unasked.
struct FeedsPauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Poll feeds no more, until they are resumed.")

    @OptionGroup var named: NamedFeeds

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let paused = try await VerbRunner(wiring, named.common).carryOut(PauseFeeds(named.feeds)) { state in
            let ids = try state.ids(of: named.feeds)
            return try await state.locked { try await $0.pause(ids) }
        }
        try StandardOutput.write(FeedAnswerPrinter(named.answer.output, wiring).ids("paused", paused))
        if paused.isEmpty { StandardError.write("kagu: pause: paused already\n") }
    }
}

/// `kagu feeds resume ID…`: polls paused and gone feeds again (P20).
struct FeedsResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Poll paused feeds again.",
        discussion: "A feed that is gone starts afresh: it is polled at once, as if it were new.")

    @OptionGroup var named: NamedFeeds

    func run() async throws {
        let wiring = Wiring.ofProcess()
        let resumed = try await VerbRunner(wiring, named.common).carryOut(ResumeFeeds(named.feeds)) { state in
            let ids = try state.ids(of: named.feeds)
            return try await state.locked { try await $0.resume(ids, at: WallClock.now()) }.keys.sorted()
        }
        try StandardOutput.write(FeedAnswerPrinter(named.answer.output, wiring).ids("resumed", resumed))
        if resumed.isEmpty { StandardError.write("kagu: resume: neither paused nor gone\n") }
    }
}

extension OfflineState {
    /// The ids of listed feeds by id or address; throws for the first that is not listed.
    func ids(of names: [String]) throws -> [String] {
        let feeds = try load().feeds.filter(\.isEnabled)
        return try names.map { name in
            guard let feed = feeds.first(where: { $0.id == name }) ?? feeds.first(where: { $0.url == name }) else {
                throw ControlRefusal.unknownFeed(name, among: feeds.map(\.id))
            }
            return feed.id
        }
    }
}
