-- Events. One that was made here is kept once, with `invited` empty; an invitation that came from another node is a copy for the one user
-- whom it invites. `identity` says host, name, start and that user. `start_text` is the start in the digits of the host, to be echoed.
CREATE TABLE events (
    seq          INTEGER PRIMARY KEY,
    identity     BLOB NOT NULL UNIQUE,
    host         TEXT NOT NULL,
    invited      TEXT NOT NULL,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    location     TEXT NOT NULL,
    picture      TEXT NOT NULL,
    start_at     REAL NOT NULL,
    start_text   TEXT NOT NULL,
    end_at       REAL NOT NULL,
    markdown     INTEGER NOT NULL,
    from_address TEXT,
    verified     INTEGER NOT NULL,
    encryption   INTEGER NOT NULL,
    kept_at      REAL NOT NULL
) STRICT;

CREATE INDEX events_by_host ON events (host, invited, end_at);
CREATE INDEX events_by_invited ON events (invited, verified, end_at);

-- Who is invited, and who comes. `progress` is how far the invitation has come where the event was made here, and how far the answer has
-- where it was not.
CREATE TABLE event_guests (
    event       INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    guest       TEXT NOT NULL,
    attendance  INTEGER,
    verified    INTEGER NOT NULL DEFAULT 0,
    answered_at REAL,
    progress    TEXT NOT NULL CHECK (progress IN ('pending', 'delivered', 'failed')),
    failure     TEXT,
    PRIMARY KEY (event, guest)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_guests_by_guest ON event_guests (guest, event);

-- Invitations and answers that are still to be brought to other nodes. A row goes when that is done or given up. A newer one takes the
-- place of an older with a seq of its own, so that nobody who has just brought the older takes the newer for done.
CREATE TABLE event_outbox (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    event       INTEGER NOT NULL REFERENCES events (seq) ON DELETE CASCADE,
    guest       TEXT NOT NULL,
    destination TEXT NOT NULL,
    queued_at   REAL NOT NULL,
    UNIQUE (event, guest)
) STRICT;

CREATE INDEX event_outbox_by_destination ON event_outbox (destination, seq);
