-- People who have, or had, a log-in on this node. `proof` is argon2id of what the login server accepted: it lets its owner
-- log in while the login server is away. No password is kept.
CREATE TABLE accounts (
    username   TEXT PRIMARY KEY,
    proof      TEXT NOT NULL,
    status     TEXT NOT NULL DEFAULT 'Online',
    last_stamp REAL,
    added_at   REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Everybody heard of, users of this node included: the last known place, status and profile, each with its age.
CREATE TABLE people (
    username       TEXT PRIMARY KEY,
    ip             TEXT,
    port           INTEGER,
    location       INTEGER,
    public_key     TEXT,
    last_seen      REAL,
    status         TEXT,
    status_at      REAL,
    fullname       TEXT NOT NULL DEFAULT '',
    position       TEXT NOT NULL DEFAULT '',
    description    TEXT NOT NULL DEFAULT '',
    profile_location TEXT NOT NULL DEFAULT '',
    picture_url    TEXT,
    picture_sha256 TEXT,
    profile_at     REAL
) STRICT, WITHOUT ROWID;

-- Keys of users: their own private ones here, the public ones of others, as the tiers of encryption need them.
CREATE TABLE keys (
    username    TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    public_key  BLOB NOT NULL,
    private_key BLOB,
    added_at    REAL NOT NULL,
    PRIMARY KEY (username, purpose, public_key)
) STRICT, WITHOUT ROWID;

-- Two people, or a group. `pair` is the two names in order, for the first kind.
CREATE TABLE conversations (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('direct', 'group')),
    pair       TEXT UNIQUE,
    title      TEXT,
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE members (
    username        TEXT NOT NULL,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    joined_at       REAL NOT NULL,
    PRIMARY KEY (username, conversation_id)
) STRICT, WITHOUT ROWID;

-- Bytes on disk, by the SHA-256 of their content. The row is written after the bytes are.
CREATE TABLE files (
    sha256       TEXT PRIMARY KEY,
    size_bytes   INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    stored_at    REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Every message that is kept. `identity` is what makes a repeat the same message; `seq` is the order of arrival.
CREATE TABLE messages (
    seq             INTEGER PRIMARY KEY,
    identity        BLOB NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL REFERENCES conversations (id),
    sender          TEXT NOT NULL,
    destination     TEXT NOT NULL,
    stamp           REAL NOT NULL,
    text            TEXT NOT NULL,
    markdown        INTEGER NOT NULL,
    file_sha256     TEXT REFERENCES files (sha256),
    file_name       TEXT,
    file_type       TEXT,
    file_size       INTEGER,
    origin          TEXT NOT NULL CHECK (origin IN ('here', 'peer', 'relay')),
    from_address    TEXT,
    verified        INTEGER NOT NULL,
    encryption      INTEGER NOT NULL DEFAULT 0,
    arrived_at      REAL NOT NULL,
    arrived_late    INTEGER NOT NULL DEFAULT 0,
    unread          INTEGER NOT NULL DEFAULT 0,
    receipt         TEXT,
    receipt_at      REAL,
    failure         TEXT
) STRICT;

CREATE INDEX messages_in_order ON messages (conversation_id, stamp, seq);
CREATE INDEX messages_unread ON messages (destination, conversation_id) WHERE unread = 1;

-- What the courier has still to deliver. A row goes when its message is delivered or given up. `relays` are the nodes that hold a copy
-- meanwhile, as ADDR:PORT with spaces between.
CREATE TABLE outbox (
    seq             INTEGER PRIMARY KEY REFERENCES messages (seq),
    destination     TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_at REAL NOT NULL,
    queued_at       REAL NOT NULL,
    last_error      TEXT,
    relays          TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX outbox_by_destination ON outbox (destination, seq);

-- Messages and files held for users of other nodes: the call that hands one over, and its body as it is to be sent. A row goes when
-- its addressee's node has taken it.
CREATE TABLE held (
    seq        INTEGER PRIMARY KEY,
    identity   BLOB NOT NULL UNIQUE,
    depositor  TEXT NOT NULL,
    addressee  TEXT NOT NULL,
    call       TEXT NOT NULL CHECK (call IN ('receiveMessage', 'receiveFile')),
    body       TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    held_at    REAL NOT NULL
) STRICT;

CREATE INDEX held_by_addressee ON held (addressee, seq, size_bytes);
CREATE INDEX held_by_depositor ON held (depositor, seq, size_bytes);
CREATE INDEX held_by_age ON held (held_at);

-- Whom a user does not want to hear from.
CREATE TABLE blocks (
    username   TEXT NOT NULL,
    blocked    TEXT NOT NULL,
    blocked_at REAL NOT NULL,
    PRIMARY KEY (username, blocked)
) STRICT, WITHOUT ROWID;

-- Browser sessions; the cookie's key itself is not here, only its SHA-256.
CREATE TABLE sessions (
    key_sha256 BLOB PRIMARY KEY,
    username   TEXT,
    state      TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (username);

-- Single values: the cookie's signing key, when the list of who is online was last read.
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
