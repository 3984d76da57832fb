-- How large pictures are, as they are shown, so that a page keeps room for them. Zero for a picture that nobody here can measure; a picture
-- without a row was not looked at yet.
CREATE TABLE pictures (
    sha256 TEXT PRIMARY KEY REFERENCES files (sha256),
    width  INTEGER NOT NULL,
    height INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
