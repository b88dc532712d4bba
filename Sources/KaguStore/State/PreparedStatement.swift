// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import KaguModel

/// A compiled statement with typed bindings and columns, for the paths that run once for every item: GRDB's
/// arguments and rows box each value, which costs more than SQLite's own work.
///
/// Confined to the database's queue: made, used and dropped within one access. The statement belongs to GRDB's
/// cache, which outlives the access.
struct PreparedStatement {
    private let statement: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?

    /// Takes the statement from the connection's cache, or compiles it; old bindings are dropped.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
        connection = database.sqliteConnection
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Bindings, counted from 1

    func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

    func bind(_ value: Int, at index: Int32) { sqlite3_bind_int64(handle, index, Int64(value)) }

    func bind(_ value: Bool, at index: Int32) { sqlite3_bind_int64(handle, index, value ? 1 : 0) }

    func bind(_ value: Int64?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    func bind(_ value: Instant?, at index: Int32) { bind(value?.milliseconds, at: index) }

    /// Binds text; empty text as NULL where `nullIfEmpty`.
    func bind(_ value: String, at index: Int32, nullIfEmpty: Bool = false) {
        if nullIfEmpty && value.isEmpty { return bindNull(at: index) }
        var copy = value
        copy.withUTF8 { utf8 in
            // An empty string may have no address, which SQLite would read as NULL.
            guard let start = utf8.baseAddress, !utf8.isEmpty else {
                return _ = sqlite3_bind_text(handle, index, "", 0, Self.transient)
            }
            start.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                _ = sqlite3_bind_text(handle, index, $0, Int32(utf8.count), Self.transient)
            }
        }
    }

    func bind(_ value: String?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    /// Binds bytes; none as an empty blob.
    func bind(_ value: [UInt8], at index: Int32) {
        if value.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob(handle, index, value, Int32(value.count), Self.transient)
        }
    }

    func bind(_ value: [UInt8]?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    func bindNull(at index: Int32) { sqlite3_bind_null(handle, index) }

    // MARK: Execution

    /// Runs to the next row; false, and ready for new bindings, at the end.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        case let code:
            let message = sqlite3_errmsg(connection).map { String(cString: $0) }
            sqlite3_reset(handle)
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
        }
    }

    /// Runs to the end and gives the number of rows changed.
    @discardableResult
    func run() throws -> Int {
        while try step() {}
        return Int(sqlite3_changes(connection))
    }

    /// Leaves the rows that have not been read, and makes the statement ready for new bindings.
    func reset() { sqlite3_reset(handle) }

    // MARK: Columns, counted from 0

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func bool(_ column: Int32) -> Bool { sqlite3_column_int64(handle, column) != 0 }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

    func instant(_ column: Int32) -> Instant? { optionalInt64(column).map(Instant.init(milliseconds:)) }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The column's text; empty for NULL.
    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    /// The column's bytes; empty for NULL.
    func blob(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// The first 64 bits of a blob of `count` bytes; nil for any other.
    func leadingBits(ofBlob column: Int32, count: Int) -> UInt64? {
        guard count >= 8, let start = sqlite3_column_blob(handle, column),
            Int(sqlite3_column_bytes(handle, column)) == count
        else { return nil }
        return UInt64(bigEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    /// SQLITE_TRANSIENT, a macro that Swift does not import: SQLite copies the bytes before it returns.
    private static let transient = unsafeBitCast(OpaquePointer(bitPattern: -1), to: sqlite3_destructor_type.self)
}
