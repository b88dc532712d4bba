// SPDX-License-Identifier: Apache-2.0

/// A place in a configuration file, for error messages: `config/kagu.yaml:14:12`.
public struct SourceLocation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The file's path as the operator gave it.
    public let file: String
    /// The line, from 1; 0 when the whole file is meant.
    public var line: Int { Int(storedLine) }
    /// The column in Unicode scalars, from 1; 0 when the whole line is meant.
    public var column: Int { Int(storedColumn) }
    // Every feed keeps its place (B14); files end at 32 MiB.
    private let storedLine: Int32
    private let storedColumn: Int32

    /// A place in a file.
    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        storedLine = Int32(clamping: line)
        storedColumn = Int32(clamping: column)
    }

    /// `file:line:column`, without the parts that are 0.
    public var description: String {
        line == 0 ? file : column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
    }

    /// File, then line, then column.
    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
