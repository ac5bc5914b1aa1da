-- The namespaces collections live in. Owners are rows of role_assignment.

CREATE TABLE namespace (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    name            TEXT    NOT NULL UNIQUE,
    company         TEXT    NOT NULL DEFAULT '',
    email           TEXT    NOT NULL DEFAULT '',
    description     TEXT    NOT NULL DEFAULT '',
    resources       TEXT    NOT NULL DEFAULT '',
    avatar_url      TEXT    NOT NULL DEFAULT '',
    avatar_sha256   TEXT,
    -- SHA-256 of the metadata in the one spelling that mirrors recompute (contract 02 §2.9)
    metadata_sha256 TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE namespace_link (
    namespace_id INTEGER NOT NULL REFERENCES namespace (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    PRIMARY KEY (namespace_id, position)
) STRICT, WITHOUT ROWID;

-- Rows of role_assignment point here without a foreign key, because they point at many tables.
CREATE TRIGGER namespace_takes_its_assignments AFTER DELETE ON namespace BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'namespace' AND object_id = old.id;
END;
