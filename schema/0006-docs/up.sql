-- Documentation of collection versions, apart from what every detail page shows: it is large, and it is served as it is.

CREATE TABLE collection_version_docs (
    version_id INTEGER PRIMARY KEY REFERENCES collection_version (id) ON DELETE CASCADE,
    body       BLOB    NOT NULL           -- {"docs_blob": …} as JSON in gzip: one read, and no work to send it
) STRICT;

-- Documentation that plugins of other collections may extend.
CREATE TABLE doc_fragment (
    version_id INTEGER NOT NULL REFERENCES collection_version (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,          -- below plugins/doc_fragments, with dots
    sections   TEXT    NOT NULL,          -- JSON: list of [name, YAML]
    PRIMARY KEY (version_id, name)
) STRICT, WITHOUT ROWID;

-- Nothing but a placeholder was ever in it.
ALTER TABLE collection_version_document DROP COLUMN docs_blob;
