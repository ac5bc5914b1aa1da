-- What happens to content after it was published.

-- A repository says of a collection in it that it should not be used any more. Content like any other, so that a
-- version of the repository says what was deprecated in it.
CREATE TABLE collection_deprecation (
    id            INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    collection_id INTEGER NOT NULL UNIQUE REFERENCES collection (id) ON DELETE CASCADE
) STRICT;

-- What a version declares that it needs.
CREATE TABLE collection_dependency (
    version_id INTEGER NOT NULL REFERENCES collection_version (id) ON DELETE CASCADE,
    needed     TEXT    NOT NULL,          -- namespace.name
    range      TEXT    NOT NULL,
    PRIMARY KEY (version_id, needed)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_dependency_on ON collection_dependency (needed);

INSERT INTO collection_dependency (version_id, needed, range)
SELECT d.version_id, needed.key, needed.value
  FROM collection_version_document d, json_each(d.metadata, '$.dependencies') needed;
