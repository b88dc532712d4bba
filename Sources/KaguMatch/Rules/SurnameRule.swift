// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Whose surname it is, by the word before it (M30).
struct SurnameRule {
    enum Verdict: Equatable {
        case goesOn
        /// A title or own given name: supports the mention.
        case supported(Reason)
        case rejected(Reason)
    }

    let text: FieldText
    /// Given names of the surname's bearer, and of other people.
    let givenNames: [GivenName]
    let bearers: [GivenName]
    /// Whether a token is part of a candidate of another entity.
    let isOtherName: (Int) -> Bool

    /// The first fitting row of the table.
    func verdict(surnameAt first: Int) -> Verdict {
        guard let before = wordBefore(first) else { return .goesOn }
        let token = text.tokens[before]
        let units = text.units[token.units]
        if token.flags.contains(.number) || token.flags.contains(.dead) { return .goesOn }
        if token.flags.contains(.lowerCase) { return .goesOn }
        let isInitial = token.units.count == 1 || (token.flags.contains(.dotted) && token.units.count <= 3)
        if givenNames.contains(where: { $0.fits(endingAt: before, in: text) }) {
            return .supported(.givenName)
        }
        if isInitial, token.flags.contains(.allCapitals), let initial = units.first {
            if givenNames.contains(where: { $0.hasInitial(initial) }) { return .supported(.givenName) }
        }
        let word = token.start..<token.end
        if bearers.contains(where: { $0.fits(endingAt: before, in: text) }) {
            return .rejected(.otherBearer(word))
        }
        if NeighbourWords.isTitle(units) { return .supported(.title(word)) }
        if NeighbourWords.isFunctionWord(units) { return .goesOn }
        if isInitial, token.flags.contains(.allCapitals) { return .rejected(.otherBearer(word)) }
        if isOtherName(before) { return .goesOn }
        let paragraph = text.paragraphs[token.paragraph]
        if token.flags.contains(.allCapitals) || paragraph.isAllCapitals || paragraph.isTitleCase { return .goesOn }
        return token.flags.contains(.capital) ? .rejected(.otherBearer(word)) : .goesOn
    }

    /// The word before, if only white space or an initial's full stop stands between.
    private func wordBefore(_ first: Int) -> Int? {
        guard first > 0 else { return nil }
        let token = text.tokens[first]
        switch token.joint {
        case .space, .dotSpace, .dot, .camel: break
        case .start, .hyphen, .apostrophe, .slash, .none, .other, .lineBreak: return nil
        }
        return text.tokens[first - 1].sentence == token.sentence ? first - 1 : nil
    }
}
