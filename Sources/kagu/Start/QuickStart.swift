// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KaguModel

/// A question that is asked again and again, such as `kagu hits --since -1h`: its plain command lines are read without
/// ArgumentParser, which looks at the types of all options at run time and takes longer than the answer.
protocol QuickCommand: ParsableCommand {
    /// The command without any option, with every property set: one that is not traps when it is read.
    static var bare: Self { get }

    /// Takes the value of `option`; false leaves the command line to ArgumentParser.
    mutating func take(_ option: String, _ arguments: inout QuickArguments) -> Bool

    /// Carries the command out without starting threads.
    func runAtOnce() throws
}

/// What `kagu` can do without ArgumentParser and without a second thread.
enum QuickStart {
    /// The work that a command line asks for; nil leaves it to ArgumentParser, which makes the same of it.
    static func work(_ arguments: [String]) -> (() throws -> Void)? {
        if arguments == ["--version"] { return { try StandardOutput.write("kagu \(Kagu.version)\n") } }
        guard let command = command(arguments) else { return nil }
        return { try command.runAtOnce() }
    }

    /// The command of a command line; nil leaves it to ArgumentParser.
    static func command(_ arguments: [String]) -> (any QuickCommand)? {
        switch arguments.first {
        case "hits": read(HitsCommand.self, arguments.dropFirst())
        case "stats": read(StatsCommand.self, arguments.dropFirst())
        default: nil
        }
    }

    private static func read<Command: QuickCommand>(_: Command.Type, _ options: ArraySlice<String>) -> Command? {
        var command = Command.bare
        var arguments = QuickArguments(options)
        while let option = arguments.next() {
            guard command.take(option, &arguments) else { return nil }
        }
        // A mistake is found again, and worded, by ArgumentParser.
        return (try? command.validate()) == nil ? nil : command
    }
}

extension CommonOptions {
    /// No option.
    static var bare: CommonOptions {
        var options = CommonOptions()
        (options.config, options.stateDirectory) = (nil, nil)
        return options
    }

    /// Takes an option of these.
    mutating func take(_ option: String, _ arguments: inout QuickArguments) -> Bool {
        switch option {
        case "--config": arguments.text(&config)
        case "--state-dir": arguments.text(&stateDirectory)
        default: false
        }
    }
}

extension HitFilterOptions {
    /// No option.
    static var bare: HitFilterOptions {
        var options = HitFilterOptions()
        (options.since, options.until, options.story, options.text, options.severity) = (nil, nil, nil, nil, nil)
        (options.utc, options.baseline) = (false, false)
        (options.watch, options.entity, options.topic, options.feed) = ([], [], [], [])
        (options.sourceClass, options.lang, options.country) = ([], [], [])
        return options
    }

    /// Takes an option of these.
    mutating func take(_ option: String, _ arguments: inout QuickArguments) -> Bool {
        switch option {
        case "-S", "--since": arguments.text(&since, mayBeginWithDash: true)
        case "-U", "--until": arguments.text(&until, mayBeginWithDash: true)
        case "--utc": arguments.flag(&utc)
        case "--watch": arguments.list(&watch)
        case "--entity": arguments.list(&entity)
        case "--topic": arguments.list(&topic)
        case "--feed": arguments.list(&feed)
        case "--class": arguments.word().map { sourceClass.append($0) } != nil
        case "--lang": arguments.list(&lang)
        case "--country": arguments.list(&country)
        case "--severity": arguments.word().map { severity = $0 } != nil
        case "--story": arguments.text(&story)
        case "--text": arguments.text(&text)
        case "--baseline": arguments.flag(&baseline)
        default: false
        }
    }
}

extension HitsCommand: QuickCommand {
    static var bare: HitsCommand {
        var command = HitsCommand()
        (command.common, command.filter) = (.bare, .bare)
        (command.count, command.open) = (nil, nil)
        (command.reverse, command.follow, command.output) = (false, false, .short)
        return command
    }

    /// Not `-f`: it waits, which takes threads.
    mutating func take(_ option: String, _ arguments: inout QuickArguments) -> Bool {
        switch option {
        case "-n", "--lines": arguments.number(&count)
        case "-r", "--reverse": arguments.flag(&reverse)
        case "-o", "--output": arguments.word().map { output = $0 } != nil
        case "--open": arguments.number(&open)
        default: common.take(option, &arguments) || filter.take(option, &arguments)
        }
    }

    func runAtOnce() throws { try show() }
}

extension StatsCommand: QuickCommand {
    static var bare: StatsCommand {
        var command = StatsCommand()
        (command.common, command.filter, command.by, command.output) = (.bare, .bare, nil, .short)
        return command
    }

    mutating func take(_ option: String, _ arguments: inout QuickArguments) -> Bool {
        switch option {
        case "--by": arguments.word().map { by = $0 } != nil
        case "-o", "--output": arguments.word().map { output = $0 } != nil
        default: common.take(option, &arguments) || filter.take(option, &arguments)
        }
    }

    func runAtOnce() throws { try run() }
}
