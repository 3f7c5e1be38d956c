-- Cards and what is needed to reach them. Keys are stored in clear in this version.
CREATE TABLE cards (
    id                      INTEGER PRIMARY KEY,
    iccid                   TEXT    NOT NULL UNIQUE,
    msisdn                  TEXT    NOT NULL UNIQUE,
    first_stage_tar         BLOB    NOT NULL CHECK (length(first_stage_tar) = 3),
    second_stage_tar        BLOB    NOT NULL CHECK (length(second_stage_tar) = 3),
    max_segments            INTEGER NOT NULL CHECK (max_segments BETWEEN 1 AND 255),
    phonebook_record_length INTEGER NOT NULL CHECK (phonebook_record_length BETWEEN 15 AND 255),
    spi                     BLOB    NOT NULL CHECK (length(spi) = 2),
    response_dialect        TEXT    NOT NULL,
    -- Reference of the last concatenated short message sent to the card (TS 23.040 §9.2.3.24.1).
    concatenation_reference INTEGER NOT NULL DEFAULT 0 CHECK (concatenation_reference BETWEEN 0 AND 255)
) STRICT;

CREATE TABLE key_sets (
    card INTEGER NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
    kvn  INTEGER NOT NULL CHECK (kvn BETWEEN 1 AND 15),
    kic  BLOB    NOT NULL,
    kid  BLOB    NOT NULL,
    dek  BLOB    NOT NULL,
    PRIMARY KEY (card, kvn)
) STRICT;

-- The last counter value used with a key set. It is committed before the packet that uses it leaves; it never falls.
CREATE TABLE counters (
    card INTEGER NOT NULL REFERENCES cards (id) ON DELETE CASCADE,
    kvn  INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last BETWEEN 0 AND 1099511627775),
    PRIMARY KEY (card, kvn)
) STRICT;

CREATE TRIGGER counters_never_fall BEFORE UPDATE ON counters WHEN new.last < old.last
BEGIN
    SELECT RAISE (ABORT, 'a counter may not fall');
END;

CREATE TABLE data_items (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    kind    TEXT NOT NULL,
    content TEXT NOT NULL
) STRICT;

-- A delivery. The plan is a copy made when the request came, so that a changed item does not change it half way.
CREATE TABLE requests (
    id           INTEGER PRIMARY KEY,
    card         INTEGER NOT NULL REFERENCES cards (id),
    item         TEXT    NOT NULL,
    data_type    INTEGER NOT NULL CHECK (data_type IN (1, 2)),
    state        TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    outcome      TEXT    NOT NULL DEFAULT '',
    plan         TEXT    NOT NULL,
    next_command INTEGER NOT NULL DEFAULT 0,
    restarts     INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;
CREATE INDEX requests_by_card ON requests (card, state, id);
-- Cards answer one delivery at a time: a later counter would make an earlier packet stale.
CREATE UNIQUE INDEX requests_one_running ON requests (card) WHERE state = 'running';

CREATE TABLE packets (
    id            INTEGER PRIMARY KEY,
    request       INTEGER NOT NULL REFERENCES requests (id),
    card          INTEGER NOT NULL REFERENCES cards (id),
    sequence      INTEGER NOT NULL,
    first_command INTEGER NOT NULL,
    command_count INTEGER NOT NULL,
    outer_counter INTEGER NOT NULL,
    inner_counter INTEGER,
    script        BLOB    NOT NULL,
    inner_packet  BLOB,
    packet        BLOB    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('in flight', 'proven', 'replaced', 'failed')),
    attempts      INTEGER NOT NULL DEFAULT 1,
    UNIQUE (request, sequence)
) STRICT;
CREATE UNIQUE INDEX packets_one_in_flight ON packets (card) WHERE state = 'in flight';

-- Short messages of the message center: one SMS-DELIVER each.
CREATE TABLE messages (
    id        INTEGER PRIMARY KEY,
    packet    INTEGER NOT NULL REFERENCES packets (id),
    round     INTEGER NOT NULL,
    segment   INTEGER NOT NULL,
    tpdu      BLOB    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('queued', 'handed over', 'reported', 'dropped')),
    attempts  INTEGER NOT NULL DEFAULT 0,
    handed_at INTEGER,
    UNIQUE (packet, round, segment)
) STRICT;
CREATE INDEX messages_open ON messages (packet, segment) WHERE state IN ('queued', 'handed over');
CREATE INDEX messages_waiting ON messages (handed_at) WHERE state = 'handed over';

CREATE TABLE proofs (
    id       INTEGER PRIMARY KEY,
    packet   INTEGER NOT NULL REFERENCES packets (id),
    message  INTEGER NOT NULL REFERENCES messages (id),
    bytes    BLOB    NOT NULL,
    status   INTEGER,
    verified INTEGER NOT NULL CHECK (verified IN (0, 1)),
    words    TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

-- What happened, in the order it happened, for a person to read. Layers: JSON list of {name, hex}.
CREATE TABLE steps (
    id      INTEGER PRIMARY KEY,
    request INTEGER NOT NULL REFERENCES requests (id),
    packet  INTEGER,
    step    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    words   TEXT    NOT NULL,
    layers  TEXT    NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX steps_by_request ON steps (request, id);
