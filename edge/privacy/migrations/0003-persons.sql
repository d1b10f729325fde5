-- What is usual for a person, a sense, and whose usual is used. The revision is another one after each change.
CREATE TABLE person (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;

CREATE TABLE usual (
    name TEXT NOT NULL REFERENCES person (name) ON DELETE CASCADE,
    sense TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (name, sense)
) STRICT;

CREATE TABLE selection (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL
) STRICT;
