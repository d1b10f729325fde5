-- What a person said that they felt, beside what each sense had said: 27 little-endian float32, see
-- edge/learning/federated/examples.py. No word, no picture, no sound.
CREATE TABLE head_example (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL,
    truth INTEGER NOT NULL CHECK (truth BETWEEN 0 AND 6),
    confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
    senses INTEGER NOT NULL CHECK (senses BETWEEN 1 AND 7),
    evidence BLOB NOT NULL CHECK (length(evidence) = 108),
    expires_utc_s REAL NOT NULL
) STRICT;
CREATE INDEX head_example_expires ON head_example (expires_utc_s);

-- Heads: of the fleet as it was last published, as it is in use, the one before that, and the device's own.
CREATE TABLE head (
    role TEXT PRIMARY KEY CHECK (role IN ('published', 'fleet', 'before', 'own')),
    round INTEGER NOT NULL,
    parameters BLOB NOT NULL
) STRICT;

-- Rounds that were decided on, so that a restart neither draws again nor sends twice.
CREATE TABLE fleet_round (
    round INTEGER PRIMARY KEY,
    joined INTEGER NOT NULL CHECK (joined IN (0, 1)),
    why TEXT NOT NULL,
    expires_utc_s REAL NOT NULL
) STRICT;

-- The key that the device signs its updates with; the coordinator knows the public half.
CREATE TABLE fleet_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    private BLOB NOT NULL CHECK (length(private) = 32)
) STRICT;
