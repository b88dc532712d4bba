// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a command about feeds says what it did.
struct AnswerOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short
}

/// Feeds that a command changes, and how it says what it did.
struct NamedFeeds: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "Ids or addresses.")
    var feeds: [String]
}
