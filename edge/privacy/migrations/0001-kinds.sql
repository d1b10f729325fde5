-- Counters that outlive a restart: what was thrown away, and why.
CREATE TABLE counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT;
