// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension Matcher {
    /// Everything that is wrong or odd in a watchlist, errors and warnings in file order (M56–M58): what `init`
    /// refuses, and what it warns of even where it refuses. A watchlist that is not whole, because a file of it could
    /// not be read, is not blamed for naming ids that it does not have.
    public static func problems(of watchlist: Watchlist, isWhole: Bool = true) -> [ConfigProblem] {
        var compiler = WatchlistCompiler(watchlist)
        let errors: [ConfigProblem]
        do {
            _ = try compiler.compile()
            errors = []
        } catch {
            errors = error.problems
        }
        let told = isWhole ? errors : errors.filter { !$0.message.hasPrefix("there is no ") }
        return (told + compiler.warnings).inFileOrder
    }
}
