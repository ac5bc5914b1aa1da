-- Repositories, their versions and what is in them, and the distributions that serve them.

CREATE TABLE repository (
    id                   INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                 TEXT    NOT NULL UNIQUE,
    name                 TEXT    NOT NULL UNIQUE,
    description          TEXT,
    private              INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)),
    retain_repo_versions INTEGER,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL
) STRICT;

CREATE TABLE repository_label (
    repository_id INTEGER NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
    key           TEXT    NOT NULL,
    value         TEXT    NOT NULL,
    PRIMARY KEY (repository_id, key)
) STRICT, WITHOUT ROWID;

-- A version is a number and a time; what it holds follows from repository_content.
CREATE TABLE repository_version (
    repository_id INTEGER NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
    number        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (repository_id, number)
) STRICT, WITHOUT ROWID;

-- Anything a repository can hold, of whatever kind. The kind's own table shares the id.
CREATE TABLE content (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid       TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Content is in version n if added <= n < removed. A change costs rows for what changed,
-- never a copy of the membership.
CREATE TABLE repository_content (
    repository_id INTEGER NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
    content_id    INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    added         INTEGER NOT NULL,
    removed       INTEGER CHECK (removed > added),
    PRIMARY KEY (content_id, repository_id, added)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_content_now ON repository_content (repository_id, content_id) WHERE removed IS NULL;

CREATE TABLE distribution (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL UNIQUE,
    base_path     TEXT    NOT NULL UNIQUE,
    repository_id INTEGER REFERENCES repository (id) ON DELETE SET NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX distribution_of_repository ON distribution (repository_id);
