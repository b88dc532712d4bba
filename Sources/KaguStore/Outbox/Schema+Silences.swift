// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Version 5 too: silences (R11), their matchers as JSON.
    static let silences = """
        CREATE TABLE silence (
            n INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            matchers TEXT NOT NULL,
            starts INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            author TEXT NOT NULL,
            comment TEXT NOT NULL,
            created INTEGER NOT NULL
        );
        CREATE INDEX silence_ends ON silence (ends);
        """
}
