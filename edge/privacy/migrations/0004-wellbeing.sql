-- Sums of days, a profile. A profile without days is one as well: when it is gone, somebody had it forgotten.
CREATE TABLE wellbeing_profile (
    name TEXT PRIMARY KEY
) STRICT;

CREATE TABLE wellbeing_day (
    name TEXT NOT NULL REFERENCES wellbeing_profile (name) ON DELETE CASCADE,
    day TEXT NOT NULL,
    page TEXT NOT NULL,
    expires_utc REAL NOT NULL,
    PRIMARY KEY (name, day)
) STRICT;

CREATE INDEX wellbeing_expires ON wellbeing_day (expires_utc);
