-- The body of a large deposit is in a file of its own, so that nobody waits for the writer while a disk takes megabytes; `body` is empty then.
ALTER TABLE held ADD COLUMN file TEXT;

-- How much is held of each depositor, for each addressee, and in all (`who` is empty): kept beside, since adding it up with each deposit took the
-- longer the more was held. The triggers keep it true whoever writes.
CREATE TABLE held_shares (
    side  TEXT NOT NULL CHECK (side IN ('depositor', 'addressee', 'all')),
    who   TEXT NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (side, who)
) STRICT, WITHOUT ROWID;

INSERT INTO held_shares
    SELECT 'depositor', depositor, count(*), sum(size_bytes) FROM held GROUP BY depositor
    UNION ALL SELECT 'addressee', addressee, count(*), sum(size_bytes) FROM held GROUP BY addressee
    UNION ALL SELECT 'all', '', count(*), coalesce(sum(size_bytes), 0) FROM held;

CREATE TRIGGER held_comes AFTER INSERT ON held BEGIN
    INSERT INTO held_shares (side, who, count, bytes)
    VALUES ('depositor', new.depositor, 1, new.size_bytes), ('addressee', new.addressee, 1, new.size_bytes), ('all', '', 1, new.size_bytes)
    ON CONFLICT (side, who) DO UPDATE SET count = count + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER held_goes AFTER DELETE ON held BEGIN
    UPDATE held_shares SET count = count - 1, bytes = bytes - old.size_bytes
    WHERE (side = 'depositor' AND who = old.depositor) OR (side = 'addressee' AND who = old.addressee) OR side = 'all';
    DELETE FROM held_shares WHERE count = 0 AND ((side = 'depositor' AND who = old.depositor) OR (side = 'addressee' AND who = old.addressee));
END;
