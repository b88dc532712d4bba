// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguConfig
import KaguModel

/// `kagu route show`: draws the tree (C8).
struct RouteShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draw the route tree.",
        discussion: "A hit goes down from the top; the deepest route whose matchers all hold takes it.")

    @OptionGroup var common: CommonOptions

    func run() throws {
        let wiring = Wiring.ofProcess()
        let alerts = try wiring.configuration(common).alerts
        let paint = Paint(Terminal.standardOutput(environment: wiring.environment).usesColour)
        var lines = RouteDrawing(paint: paint).lines(alerts.route)
        if let fallback = alerts.fallback {
            lines.append("fallback \(paint(VisibleText.escaped(fallback), .bold))")
        }
        try StandardOutput.write(lines.map { $0 + "\n" }.joined())
    }
}

/// Draws routes as a tree, each with what it changes of its parent's settings.
struct RouteDrawing {
    let paint: Paint

    /// A line for each node.
    func lines(_ node: RouteSettings) -> [String] {
        [text(node)] + below(node, "")
    }

    private func below(_ node: RouteSettings, _ indent: String) -> [String] {
        node.routes.enumerated().flatMap { index, child in
            let isLast = index == node.routes.count - 1
            return ["\(indent)\(isLast ? "└─ " : "├─ ")\(text(child))"]
                + below(child, indent + (isLast ? "   " : "│  "))
        }
    }

    private func text(_ node: RouteSettings) -> String {
        var parts = [VisibleText.escaped(node.shownName)]
        if !node.matchers.isEmpty {
            parts.append("{\(VisibleText.escaped(node.matchers.map(\.description).joined(separator: " ")))}")
        }
        if let receiver = node.receiver { parts.append("→ " + paint(VisibleText.escaped(receiver), .bold)) }
        var settings: [String] = []
        if let labels = node.groupBy {
            settings.append("group by \(labels.map(\.rawValue).joined(separator: ", "))")
        }
        if let wait = node.groupWait { settings.append("wait \(RouteText.span(wait))") }
        if let interval = node.groupInterval { settings.append("interval \(RouteText.span(interval))") }
        if let cap = node.maximumPerHour { settings.append("at most \(cap) an hour") }
        if let updates = node.updates { settings.append("updates \(updates.rawValue)") }
        if let hours = node.quietHours { settings.append("quiet \(RouteText.text(hours))") }
        if let digest = node.digest { settings.append("digest \(RouteText.text(digest))") }
        if node.continues { settings.append("continue") }
        if !settings.isEmpty { parts.append(paint("(\(settings.joined(separator: "; ")))", .dim)) }
        return parts.joined(separator: " ")
    }
}
