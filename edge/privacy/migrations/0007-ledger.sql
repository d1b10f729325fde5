-- What was released and how much of the budget it took: only added to, by the database itself.
CREATE TABLE privacy_release (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    period INTEGER,
    rho REAL NOT NULL CHECK (rho > 0 AND rho < 1e9),
    running_ns INTEGER NOT NULL CHECK (running_ns >= 0),
    shown_utc REAL NOT NULL,
    UNIQUE (kind, period)
) STRICT;

CREATE TRIGGER privacy_release_is_not_changed BEFORE UPDATE ON privacy_release
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

CREATE TRIGGER privacy_release_is_not_deleted BEFORE DELETE ON privacy_release
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;

-- One row: the time that has surely passed, and by what it was last seen to pass.
CREATE TABLE privacy_time (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    boot TEXT NOT NULL,
    boot_ns INTEGER NOT NULL,
    running_ns INTEGER NOT NULL CHECK (running_ns >= 0)
) STRICT;

CREATE TRIGGER privacy_time_never_goes_back BEFORE UPDATE ON privacy_time WHEN new.running_ns < old.running_ns
BEGIN SELECT RAISE(ABORT, 'running time never goes back'); END;

CREATE TRIGGER privacy_time_is_not_deleted BEFORE DELETE ON privacy_time
BEGIN SELECT RAISE(ABORT, 'running time is not forgotten'); END;

-- One row: what pseudonyms and the hours that are reported are made from.
CREATE TABLE privacy_secret (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
