-- What must arrive, until the broker has it. Every change is counted by the same commit that makes it, whoever makes it.
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    importance INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    size INTEGER NOT NULL,
    expires_utc REAL NOT NULL,
    boot TEXT NOT NULL,    -- of the machine, in which the end was reckoned
    clock_s REAL NOT NULL, -- the wall clock less the time since boot, by which it was reckoned
    refused TEXT,          -- why it is never sent again
    ended TEXT             -- how, for an instant before the row goes; where nobody says, its time was over
) STRICT;

CREATE INDEX outbox_order ON outbox (importance, number, size);

CREATE TRIGGER outbox_stored AFTER INSERT ON outbox BEGIN
    INSERT INTO counter VALUES ('outbox stored', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER outbox_set_aside AFTER UPDATE OF refused ON outbox WHEN OLD.refused IS NULL AND NEW.refused IS NOT NULL BEGIN
    INSERT INTO counter VALUES ('outbox set aside', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;

CREATE TRIGGER outbox_ended AFTER DELETE ON outbox BEGIN
    INSERT INTO counter VALUES ('outbox ' || coalesce(OLD.ended, 'expired'), 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
