// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// What every verb that touches configuration or state takes (O17).
struct CommonOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The configuration.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp("The state directory, instead of store.dir.", valueName: "dir"),
        completion: .directory)
    var stateDirectory: String?
}
