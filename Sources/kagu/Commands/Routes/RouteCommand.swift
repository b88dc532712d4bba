// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// `kagu route`: the route tree, and where something would go (C8). Needs no daemon.
struct RouteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "route", abstract: "Draw the route tree, and try out where a hit would go.",
        subcommands: [RouteTestCommand.self, RouteShowCommand.self])
}
