-- Collections, their versions, and the bytes behind them.

-- A row here promises that the file artifacts/<digest> is complete and on disk.
CREATE TABLE artifact (
    sha256     TEXT    PRIMARY KEY,
    size       INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE collection (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid           TEXT    NOT NULL UNIQUE,
    namespace      TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    download_count INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    UNIQUE (namespace, name)
) STRICT;

-- The same version may be there twice with different bytes, each in repositories of its own.
CREATE TABLE collection_version (
    id               INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    collection_id    INTEGER NOT NULL REFERENCES collection (id),
    version          TEXT    NOT NULL,
    version_key      BLOB    NOT NULL,          -- sorts by SemVer precedence, see kernel::version
    is_prerelease    INTEGER NOT NULL CHECK (is_prerelease IN (0, 1)),
    sha256           TEXT    NOT NULL UNIQUE REFERENCES artifact (sha256),
    requires_ansible TEXT
) STRICT;
-- not unique: see above
CREATE INDEX collection_version_named ON collection_version (collection_id, version);
CREATE INDEX collection_version_newest ON collection_version (collection_id, version_key DESC);

-- What the detail page shows, as finished JSON texts. Apart from the row above,
-- so that a list of versions never reads past them.
CREATE TABLE collection_version_document (
    version_id INTEGER PRIMARY KEY REFERENCES collection_version (id) ON DELETE CASCADE,
    metadata   TEXT    NOT NULL,
    manifest   TEXT    NOT NULL,
    files      TEXT    NOT NULL,
    docs_blob  TEXT    NOT NULL
) STRICT;

-- One row for each collection that has a version in the repository now: what an index line shows.
CREATE TABLE repository_collection (
    repository_id INTEGER NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
    collection_id INTEGER NOT NULL REFERENCES collection (id) ON DELETE CASCADE,
    highest_id    INTEGER NOT NULL REFERENCES collection_version (id),
    deprecated    INTEGER NOT NULL DEFAULT 0 CHECK (deprecated IN (0, 1)),
    -- moves with every version added or removed: ansible-galaxy drops its cached list when this changes
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (repository_id, collection_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX repository_collection_highest ON repository_collection (highest_id);
