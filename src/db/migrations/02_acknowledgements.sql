-- What an acknowledgement names a message by: the stamp in the digits of its sender, and the hash that went along with it.
ALTER TABLE messages ADD COLUMN stamp_text TEXT;
ALTER TABLE messages ADD COLUMN hashing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN hash TEXT;

CREATE INDEX messages_to_be_acknowledged ON messages (sender, stamp) WHERE origin = 'here' AND hashing > 0;

-- Messages that a user of this node has read, and whose author's node is still to be told so. A row goes when it is told or given up.
CREATE TABLE acknowledgements (
    seq       INTEGER PRIMARY KEY REFERENCES messages (seq),
    author    TEXT NOT NULL,
    queued_at REAL NOT NULL
) STRICT;

CREATE INDEX acknowledgements_by_author ON acknowledgements (author, seq);
