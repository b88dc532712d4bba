// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// How a command about feeds says what it did.
struct AnswerOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "short or json.")
    var output = AnswerFormat.short
}
