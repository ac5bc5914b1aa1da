-- Work that outlives its request, and the log of collection imports.

CREATE TABLE task (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid              TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,          -- the reference's name for the same work; clients filter by it
    state             TEXT    NOT NULL CHECK (state IN
                          ('waiting', 'running', 'completed', 'failed', 'canceled', 'canceling', 'skipped')),
    job               TEXT    NOT NULL,          -- JSON of domain::tasks::job::Job
    correlation_id    TEXT    NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,    -- times a worker took it up
    created_by        INTEGER REFERENCES user (id) ON DELETE SET NULL,
    error_code        TEXT,
    error_description TEXT,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    started_at        INTEGER,
    finished_at       INTEGER
) STRICT;
CREATE INDEX task_waiting ON task (id) WHERE state = 'waiting';
CREATE INDEX task_unfinished ON task (state) WHERE finished_at IS NULL;

-- One import is one task; what the uploader said about the file, and where it is to go.
CREATE TABLE collection_import (
    task_id       INTEGER PRIMARY KEY REFERENCES task (id) ON DELETE CASCADE,
    namespace     TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    version       TEXT    NOT NULL,
    sha256        TEXT    REFERENCES artifact (sha256),    -- null once the import has ended
    repository_id INTEGER REFERENCES repository (id) ON DELETE SET NULL
) STRICT;
CREATE INDEX collection_import_of_artifact ON collection_import (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE import_message (
    task_id  INTEGER NOT NULL REFERENCES collection_import (task_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    time     INTEGER NOT NULL,
    level    TEXT    NOT NULL CHECK (level IN ('DEBUG', 'INFO', 'WARNING', 'ERROR')),
    message  TEXT    NOT NULL,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
