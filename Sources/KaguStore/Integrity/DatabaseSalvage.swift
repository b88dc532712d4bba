// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
import Glibc

/// Copies what can be read of a damaged database into a new one (O38): of each table the rows up to the first damaged
/// page, then, from the other end, those behind the last.
struct DatabaseSalvage {
    /// Those without which R17 applies.
    static let outbox: Set<String> = ["delivery", "alert", "hit", "hit_file", "grouping"]

    /// Rows between two reports.
    private static let rowsPerReport = 4096

    private let path: String
    private let report: () -> Void

    /// From the database at `path`; `report` is called every now and then.
    init(from path: String, report: @escaping () -> Void = {}) {
        self.path = path
        self.report = report
    }

    /// Copies all tables that `target` has. A source that cannot be read at all is as good as empty.
    func copy(into target: DatabaseQueue, _ report: inout DatabaseRebuild) throws {
        let tables = try target.inDatabase { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
                    AND name NOT LIKE 'sqlite%' ORDER BY name
                    """
            )
        }
        mendHeader()
        guard access(path, F_OK) == 0, let source = try? openSource() else {
            report.damagedTables = tables
            report.isOutboxWhole = false
            return
        }
        defer { try? source.close() }
        try takeURLKey(from: source, into: target)
        for table in tables {
            self.report()
            let (rows, isWhole) = try copy(table, from: source, into: target)
            report.rows += rows
            if !isWhole { report.damagedTables.append(table) }
        }
        try target.inDatabase {
            try $0.execute(sql: "INSERT OR IGNORE INTO setting (name, value) VALUES ('url_key', randomblob(16))")
        }
        report.isOutboxWhole = Self.outbox.isDisjoint(with: report.damagedTables)
        try target.inDatabase(Self.mend)
    }

    /// The new database has a key of its own already: it must not keep the old one out, with which the URL numbers of
    /// all salvaged rows were made.
    private func takeURLKey(from source: DatabaseQueue, into target: DatabaseQueue) throws {
        let key = try? source.inDatabase {
            try Row.fetchOne($0, sql: "SELECT value FROM setting WHERE name = 'url_key'")
        }
        guard key != nil else { return }
        try target.inDatabase { try $0.execute(sql: "DELETE FROM setting WHERE name = 'url_key'") }
    }

    /// The fixed bytes of the header are put right: with one of them wrong, SQLite reads nothing at all (file format
    /// §1.3; the page size and the journal mode are ours).
    private func mendHeader() {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let fixed = Array("SQLite format 3\u{0}".utf8) + [0x10, 0, 2, 2, 0, 64, 32, 32]
        let found = DayContent.read(descriptor, 0..<fixed.count)
        guard found.count == fixed.count, found != fixed,
            zip(found, fixed).count(where: { $0 != $1 }) <= 4
        else { return }
        pwrite(descriptor, fixed, fixed.count, 0)
    }

    private func openSource() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "kagu.store.salvage"
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        _ = try queue.inDatabase { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
        return queue
    }

    private func copy(
        _ table: String, from source: DatabaseQueue, into target: DatabaseQueue
    ) throws -> (rows: Int, isWhole: Bool) {
        let own = try target.inDatabase { try $0.columns(in: table) }
        guard let found = try? source.inDatabase({ try $0.columns(in: table).map(\.name) }) else {
            return (0, false)
        }
        let columns = own.map(\.name).filter(found.contains)
        let isClustered = try target.inDatabase {
            try Bool.fetchOne($0, sql: "SELECT wr FROM pragma_table_list WHERE name = ?", arguments: [table])
        }
        // In the order in which the rows lie: a sorter would have to read all of them before it gave the first.
        let keys =
            isClustered == true
            ? own.filter { $0.primaryKeyIndex > 0 }.sorted { $0.primaryKeyIndex < $1.primaryKeyIndex }.map(\.name)
            : ["rowid"]
        guard !columns.isEmpty, !keys.isEmpty else { return (0, false) }
        var rows = 0
        var isWhole = false
        for order in ["ASC", "DESC"] where !isWhole {
            let sorted = keys.map { "\"\($0)\" \(order)" }.joined(separator: ", ")
            let list = columns.map { "\"\($0)\"" }.joined(separator: ", ")
            // NOT INDEXED: a damaged index must not hide a whole table.
            let select = "SELECT \(list) FROM \"\(table)\" NOT INDEXED ORDER BY \(sorted)"
            let moved = try move(select, from: source, into: target, table, list, columns.count)
            rows += moved.rows
            isWhole = moved.isAll && order == "ASC" && (moved.refused == 0 || table == "setting")
        }
        return (rows, isWhole)
    }

    /// Copies rows up to the first that cannot be read; those that are there already, or that no constraint lets in,
    /// are counted as `refused`.
    private func move(
        _ select: String, from source: DatabaseQueue, into target: DatabaseQueue, _ table: String, _ list: String,
        _ width: Int
    ) throws -> (rows: Int, refused: Int, isAll: Bool) {
        let marks = Array(repeating: "?", count: width).joined(separator: ", ")
        var rows = 0
        var refused = 0
        var isAll = false
        try target.inDatabase { database in
            // Rows come in the order of their table, not of what they refer to.
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
            try database.inTransaction(.immediate) {
                let insert = try database.makeStatement(
                    sql: "INSERT OR IGNORE INTO \"\(table)\" (\(list)) VALUES (\(marks))")
                do {
                    try source.inDatabase { old in
                        let cursor = try Row.fetchCursor(old, sql: select)
                        while let row = try cursor.next() {
                            if (rows + refused) % Self.rowsPerReport == 0 { report() }
                            do {
                                try insert.execute(arguments: StatementArguments(row.databaseValues))
                                rows += database.changesCount
                                if database.changesCount == 0 { refused += 1 }
                            } catch let error as DatabaseError
                                where [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH].contains(error.resultCode)
                            {
                                // A row that no constraint lets in is damaged too.
                                refused += 1
                            } catch {
                                throw Stop(error: error)
                            }
                        }
                        isAll = true
                    }
                } catch let stop as Stop {
                    throw stop.error
                } catch {
                    // The page that holds the next row cannot be read.
                }
                return .commit
            }
        }
        return (rows, refused, isAll)
    }

    /// The target's own trouble.
    private struct Stop: Error {
        let error: any Error
    }

    /// Puts right what lost rows have left behind: debts without their alert, or whose alert has lost
    /// its body, wait again, and each waiting debt has a
    /// group whose timer runs (D2).
    private static func mend(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            try database.execute(
                sql: """
                    DELETE FROM delivery WHERE hit NOT IN (SELECT n FROM hit);
                    CREATE TEMP TABLE bodiless AS SELECT n FROM alert
                    WHERE state IN (1, 2) AND n NOT IN (SELECT alert FROM alert_body);
                    UPDATE delivery SET state = 0, alert = NULL WHERE alert IN (SELECT n FROM bodiless);
                    DELETE FROM attempt WHERE alert IN (SELECT n FROM bodiless);
                    DELETE FROM alert WHERE n IN (SELECT n FROM bodiless);
                    DELETE FROM alert_body WHERE alert NOT IN (SELECT n FROM alert);
                    UPDATE delivery SET state = 0, alert = NULL
                    WHERE state IN (1, 2) AND (alert IS NULL OR alert NOT IN (SELECT n FROM alert));
                    UPDATE delivery SET alert = NULL WHERE alert NOT IN (SELECT n FROM alert);
                    DELETE FROM attempt WHERE alert NOT IN (SELECT n FROM alert);
                    INSERT OR IGNORE INTO grouping (key, receiver, route, labels)
                    SELECT DISTINCT grouping, receiver, route, '{}' FROM delivery WHERE state = 0;
                    UPDATE grouping SET deadline = 0
                    WHERE deadline IS NULL AND key IN (SELECT grouping FROM delivery WHERE state = 0);
                    """)
            return .commit
        }
    }
}
