// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// Version 5: what routes and receivers remember.
    ///
    /// Bodies move to a table of their own: a row of `alert` is read often, its 20 kB of body once for each attempt.
    /// `edits`: the alert whose message this one takes the place of; `copied`: when the fallback got it (D12).
    /// `history` holds a line for each decision (R13); `update_only` marks revisions (R7). `hold`: why a group keeps
    /// deliveries beyond its own timer (R9–R12). A row of `telling` is what one receiver knows of one story (R5).
    static let alerts = """
        CREATE TABLE alert_body (
            alert INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        );
        INSERT INTO alert_body SELECT n, body FROM alert;
        ALTER TABLE alert DROP COLUMN body;
        ALTER TABLE alert ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE alert ADD COLUMN title TEXT;
        ALTER TABLE alert ADD COLUMN story TEXT;
        ALTER TABLE alert ADD COLUMN edits TEXT;
        ALTER TABLE alert ADD COLUMN copied INTEGER;
        CREATE TRIGGER alert_gone AFTER DELETE ON alert BEGIN
            DELETE FROM alert_body WHERE alert = OLD.n;
        END;
        CREATE INDEX alert_route ON alert (receiver, route, next_at) WHERE state = 1;
        CREATE INDEX alert_recent ON alert (created);
        CREATE INDEX alert_overdue ON alert (created) WHERE copied IS NULL AND severity >= 2 AND state IN (1, 2);
        ALTER TABLE delivery ADD COLUMN update_only INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE delivery ADD COLUMN history TEXT;
        ALTER TABLE grouping ADD COLUMN hold TEXT;
        CREATE INDEX grouping_hold ON grouping (key) WHERE hold IS NOT NULL AND hold <> 'updates';
        ALTER TABLE receiver ADD COLUMN last_success INTEGER;
        ALTER TABLE receiver ADD COLUMN told TEXT;
        CREATE TABLE telling (
            receiver TEXT NOT NULL,
            story TEXT NOT NULL,
            first_alert TEXT NOT NULL,
            message TEXT,
            updates INTEGER NOT NULL DEFAULT 0,
            told_at INTEGER NOT NULL,
            outlets INTEGER NOT NULL,
            severity INTEGER NOT NULL,
            progress TEXT NOT NULL,
            PRIMARY KEY (receiver, story)
        ) WITHOUT ROWID;
        CREATE INDEX telling_told ON telling (told_at);
        CREATE INDEX telling_first ON telling (receiver, first_alert);
        CREATE INDEX telling_message ON telling (receiver, message) WHERE message IS NOT NULL;
        CREATE INDEX alert_fallback ON alert (receiver, created) WHERE reason = 'fallback';
        """
}
