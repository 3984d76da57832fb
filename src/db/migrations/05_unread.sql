-- How many messages of a conversation a member has not seen: kept beside the member, since an index of all that is unread took a page of its own
-- for each conversation in each commit. The triggers keep it true whoever writes.
ALTER TABLE members ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;

UPDATE members SET unread = (
    SELECT count(*) FROM messages m
    WHERE m.destination = members.username AND m.conversation_id = members.conversation_id AND m.unread = 1
);

DROP INDEX messages_unread;

CREATE TRIGGER messages_come_unread AFTER INSERT ON messages WHEN new.unread = 1 BEGIN
    UPDATE members SET unread = unread + 1 WHERE username = new.destination AND conversation_id = new.conversation_id;
END;

CREATE TRIGGER messages_are_read AFTER UPDATE OF unread ON messages WHEN old.unread = 1 AND new.unread = 0 BEGIN
    UPDATE members SET unread = unread - 1 WHERE username = new.destination AND conversation_id = new.conversation_id;
END;

CREATE TRIGGER messages_leave_unread AFTER DELETE ON messages WHEN old.unread = 1 BEGIN
    UPDATE members SET unread = unread - 1 WHERE username = old.destination AND conversation_id = old.conversation_id;
END;
