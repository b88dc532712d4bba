// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Version 4 too: the SHA-256 of the first `bytes` of a sealed day's plain content (O27).
    static let digests = """
        CREATE TABLE day_digest (
            day INTEGER NOT NULL,
            part INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            PRIMARY KEY (day, part)
        ) WITHOUT ROWID;
        """
}
