// SPDX-License-Identifier: Apache-2.0

/// A command line of plain options, `--name value`, `--name=value`, `-x value` and flags, read option by option.
/// Whatever is not as plain as that is left to ArgumentParser, which also words every mistake: each method gives
/// false, or nil, then.
struct QuickArguments {
    private var rest: ArraySlice<String>
    /// The value behind `=` of the option at hand, until it is taken.
    private var attached: String?

    /// The arguments behind the verb.
    init(_ arguments: ArraySlice<String>) { rest = arguments }

    /// The next option, with its dashes; nil at the end.
    mutating func next() -> String? {
        guard let option = rest.popFirst() else { return nil }
        attached = nil
        guard option.utf8.starts(with: "--".utf8), let sign = option.utf8.firstIndex(of: UInt8(ascii: "=")) else {
            return option
        }
        attached = String(option[option.utf8.index(after: sign)...])
        return String(option[..<sign])
    }

    /// A flag.
    mutating func flag(_ flag: inout Bool) -> Bool {
        guard attached == nil, !flag else { return false }
        flag = true
        return true
    }

    /// A text that is given once. One that may begin with a dash takes whatever follows.
    mutating func text(_ text: inout String?, mayBeginWithDash: Bool = false) -> Bool {
        guard text == nil, let value = value(mayBeginWithDash) else { return false }
        text = value
        return true
    }

    /// A text that may be given again.
    mutating func list(_ list: inout [String]) -> Bool {
        guard let value = value() else { return false }
        list.append(value)
        return true
    }

    /// A number that is given once.
    mutating func number(_ number: inout Int?) -> Bool {
        guard number == nil, let value = value().flatMap({ Int($0) }) else { return false }
        number = value
        return true
    }

    /// One word of several.
    mutating func word<Word: RawRepresentable<String>>(_: Word.Type = Word.self) -> Word? {
        value().flatMap { Word(rawValue: $0) }
    }

    private mutating func value(_ mayBeginWithDash: Bool = false) -> String? {
        let isAttached = attached != nil
        guard let value = attached ?? rest.popFirst(), !value.isEmpty else { return nil }
        attached = nil
        return isAttached || mayBeginWithDash || value.utf8.first != UInt8(ascii: "-") ? value : nil
    }
}
