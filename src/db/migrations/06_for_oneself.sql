-- Messages that a user does not want to see any more. The message stays: others of this node may see it, and a repeat of it is known.
CREATE TABLE hidden (
    seq       INTEGER NOT NULL REFERENCES messages (seq) ON DELETE CASCADE,
    username  TEXT NOT NULL,
    hidden_at REAL NOT NULL,
    PRIMARY KEY (seq, username)
) STRICT, WITHOUT ROWID;

-- What a user has begun to write and not sent. `reply_to` is the id of the message that it answers.
CREATE TABLE drafts (
    username   TEXT NOT NULL,
    partner    TEXT NOT NULL,
    text       TEXT NOT NULL,
    reply_to   BLOB,
    changed_at REAL NOT NULL,
    PRIMARY KEY (username, partner)
) STRICT, WITHOUT ROWID;
