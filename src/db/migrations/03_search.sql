-- What search looks through, by runs of three characters, so that any part of a word in any script is found. It holds no text of its own:
-- `rowid` is the seq of the message. `parties` says in marks who wrote it (<ana>), who may see it ([ana]) and whether it is a file ({file}),
-- so that one user's search does not wade through another's messages.
CREATE VIRTUAL TABLE search USING fts5 (
    parties, text, file_name,
    content = '', contentless_delete = 1, tokenize = 'trigram remove_diacritics 1'
);

-- How far the index has come: everything up to this seq is in it.
CREATE TABLE search_progress (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    indexed_up_to INTEGER NOT NULL
) STRICT;

INSERT INTO search_progress VALUES (1, 0);

-- A message that goes takes its words along. The last seq may be given again; then it is to be indexed again.
CREATE TRIGGER messages_leave_search AFTER DELETE ON messages BEGIN
    DELETE FROM search WHERE rowid = old.seq;
    UPDATE search_progress SET indexed_up_to = min(indexed_up_to, (SELECT coalesce(max(seq), 0) FROM messages));
END;
