// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// `kagu init`: a starting configuration that loads, never over a file that is there (O29).
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a starting configuration.",
        discussion: """
            Writes kagu.yaml with a feed list, a watch and an example for it into DIR, which is made where it is \
            missing. A file that is there already stays as it is. Exit status 1 when all of them were there.
            """)

    @Argument(help: "Where to.", completion: .directory)
    var directory = "."

    func run() throws {
        let outcome = try StarterFiles(directory).write()
        var text = ""
        for path in outcome.written { text += "wrote \(path)\n" }
        for path in outcome.kept { text += "kept \(path): it is there already\n" }
        try StandardOutput.write(text)
        guard !outcome.written.isEmpty else { throw ExitStatus.negative }
        StandardError.write(StarterFiles(directory).advice)
    }
}
