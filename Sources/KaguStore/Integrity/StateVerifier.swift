// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import KaguModel

/// Looks whether everything in a state directory is as it should be (O27): each line of the hit files, their digests,
/// the index over them, SQLite's own structures and what the outbox must always hold (D2).
///
/// Reads only, whether a daemon runs, has stopped or was killed. Blocks; of a running daemon it sees one moment.
public struct StateVerifier: Sendable {
    private let directory: StateDirectory

    /// Verifies the state directory at `path`.
    public init(directory path: String) { directory = StateDirectory(path) }

    /// Reads everything; throws where there is no state to be read at all.
    public func run() throws(StoreError) -> VerifyReport {
        guard access(directory.path, R_OK | X_OK) == 0 else {
            throw .unusable(path: directory.path, reason: SystemError.text(errno))
        }
        var report = VerifyReport()
        guard access(directory.database, F_OK) == 0 else {
            verifyFiles(nil, &report)
            report.add("state.sqlite", "it is missing; the next start of kagud makes it anew from the hit files")
            return report
        }
        do {
            let queue = try StateDatabase.openForReading(directory.database)
            // One read transaction: files only grow, so that all that it knows of is in them.
            try queue.read { database in
                let index = try IndexSnapshot(database)
                verifyFiles(index, &report)
                verifyDatabase(database, &report)
            }
        } catch {
            if case .newerSchema = error as? StoreError { throw StoreError(error, path: directory.database) }
            if report.files == 0 { verifyFiles(nil, &report) }
            report.add("state.sqlite", "it cannot be read: \(StoreError(error, path: directory.database))")
        }
        return report
    }

    private func verifyFiles(_ index: IndexSnapshot?, _ report: inout VerifyReport) {
        var rows = HitRows()
        for name in HitFileName.list(in: directory.hits) {
            var file = HitFileVerifier(name, in: directory, index: index)
            file.run(&rows, &report)
        }
        guard let index else { return }
        for name in index.digests.keys.sorted() where access(path(name), F_OK) != 0 {
            if access(path(name) + HitFileName.compressedSuffix, F_OK) == 0 { continue }
            report.add("hits/\(name)", "it has a digest, but is missing")
        }
        index.missing(rows, &report)
    }

    private func path(_ name: HitFileName) -> String { "\(directory.hits)/\(name)" }

    // MARK: The database

    private func verifyDatabase(_ database: Database, _ report: inout VerifyReport) {
        do {
            let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check(100)")
            for line in lines where line != "ok" { report.add("state.sqlite", line) }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check") {
                let table: String = row[0]
                report.add("state.sqlite", "\(table): a row refers to one that is not there")
            }
            for rule in OutboxRule.all {
                let count = try Int.fetchOne(database, sql: rule.count) ?? 0
                if count > 0 { report.add("state.sqlite", "\(rule.problem): \(count)") }
            }
        } catch {
            report.add("state.sqlite", "\(StoreError(error, path: directory.database))")
        }
    }
}

/// What must hold of the outbox at any moment (D2), as a count of what breaks it.
struct OutboxRule {
    let problem: String
    let count: String

    static let all = [
        OutboxRule(
            problem: "deliveries wait in a group that no timer will bind",
            count: """
                SELECT count(*) FROM delivery d WHERE d.state = 0
                AND NOT EXISTS (SELECT 1 FROM grouping g WHERE g.key = d.grouping AND g.deadline IS NOT NULL)
                """),
        OutboxRule(
            problem: "deliveries wait though they are bound to an alert",
            count: "SELECT count(*) FROM delivery WHERE state = 0 AND alert IS NOT NULL"),
        OutboxRule(
            problem: "deliveries are pending or parked without an alert that is",
            count: """
                SELECT count(*) FROM delivery d LEFT JOIN alert a ON a.n = d.alert
                WHERE d.state IN (1, 2) AND ifnull(a.state, -1) <> d.state
                """),
        OutboxRule(
            problem: "deliveries are not settled though their alert is",
            count: """
                SELECT count(*) FROM delivery d JOIN alert a ON a.n = d.alert
                WHERE a.state IN (3, 5) AND d.state IN (0, 1, 2)
                """),
        OutboxRule(
            problem: "alerts are pending without a next attempt",
            count: "SELECT count(*) FROM alert WHERE state = 1 AND next_at IS NULL"),
        OutboxRule(
            problem: "deliveries or alerts are in no state that this version knows",
            count: """
                SELECT (SELECT count(*) FROM delivery WHERE state NOT BETWEEN 0 AND 5)
                + (SELECT count(*) FROM alert WHERE state NOT IN (1, 2, 3, 5))
                """),
    ]
}
