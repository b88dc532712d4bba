// SPDX-License-Identifier: Apache-2.0

/// How a command ends (O20), as grep: thrown where it is not `fine`, after everything has been said.
enum ExitStatus: Int32, Error, Hashable {
    /// Found, or fine.
    case fine = 0
    /// Nothing found, a mismatch, or problems reported.
    case negative = 1
    /// It could not be done.
    case error = 2
}

/// Why a command could not do what it was asked: one line after `kagu: ` (house rule 12).
struct CommandFailure: Error, Hashable, CustomStringConvertible {
    /// What: on what: why; remedy.
    let description: String

    /// A failure with its sentence.
    init(_ description: String) { self.description = description }
}
