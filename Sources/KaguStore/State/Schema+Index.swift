// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Version 4: how the polls of each hour went, hours counted from the epoch (O26). The index over the hits lies beside
    /// their files (`HitIndexFiles`).
    static let index = """
        CREATE TABLE poll_hour (
            hour INTEGER PRIMARY KEY,
            polls INTEGER NOT NULL,
            accepted INTEGER NOT NULL,
            items INTEGER NOT NULL
        );
        """
}
