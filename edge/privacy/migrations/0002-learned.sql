-- What feedback taught, a profile. The revision is another one after each change: by it a writer sees that somebody
-- else changed or forgot what it knows.
CREATE TABLE learned_profile (
    profile TEXT PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE learned (
    profile TEXT NOT NULL REFERENCES learned_profile (profile) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    answer TEXT NOT NULL,
    expires_utc REAL NOT NULL,
    PRIMARY KEY (profile, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX learned_expires ON learned (expires_utc);
