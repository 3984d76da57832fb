-- What a user wants of the pages, on whichever browser. No row stands for the defaults.
CREATE TABLE preferences (
    username       TEXT PRIMARY KEY,
    enter_sends    INTEGER NOT NULL,
    notifications  INTEGER NOT NULL,
    sound          INTEGER NOT NULL,
    idle_after_min INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whose messages make no noise for a user.
CREATE TABLE mutes (
    username TEXT NOT NULL,
    muted    TEXT NOT NULL,
    muted_at REAL NOT NULL,
    PRIMARY KEY (username, muted)
) STRICT, WITHOUT ROWID;

-- Nobody has touched anything for a while: a user who has chosen Online is shown as Idle. What they have chosen stays as it is.
ALTER TABLE accounts ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
