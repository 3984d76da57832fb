-- Who may log in. Of a password, argon2id of what the protocol sends for it is kept.
CREATE TABLE accounts (
    username   TEXT NOT NULL PRIMARY KEY, -- in lower case
    proof      TEXT NOT NULL,             -- PHC string
    created_at REAL NOT NULL,             -- seconds since 1970
    changed_at REAL NOT NULL              -- of the password
) STRICT, WITHOUT ROWID;
