-- Searching: what words a version is found by, kept by the schema, so that publishing does not know of it.

-- One row for each collection version, whose number is that of the version. Names of contents are kept last: they count
-- least. A word is letters, digits and underscores, so that `win_copy` is one.
CREATE VIRTUAL TABLE search USING fts5 (
    name, tags, description, contents,
    content = '', contentless_delete = 1, tokenize = "unicode61 tokenchars '_'"
);

CREATE TRIGGER search_learns_a_version AFTER INSERT ON collection_version_document BEGIN
    INSERT INTO search (rowid, name, tags, description, contents)
    SELECT v.id, c.namespace || ' ' || c.name,
           (SELECT group_concat(value, ' ') FROM json_each(new.metadata, '$.tags')),
           new.metadata ->> '$.description',
           (SELECT group_concat(value ->> '$.name', ' ') FROM json_each(new.metadata, '$.contents'))
      FROM collection_version v JOIN collection c ON c.id = v.collection_id
     WHERE v.id = new.version_id;
END;

CREATE TRIGGER search_forgets_a_version AFTER DELETE ON collection_version BEGIN
    DELETE FROM search WHERE rowid = old.id;
END;

INSERT INTO search (rowid, name, tags, description, contents)
SELECT v.id, c.namespace || ' ' || c.name,
       (SELECT group_concat(value, ' ') FROM json_each(d.metadata, '$.tags')),
       d.metadata ->> '$.description',
       (SELECT group_concat(value ->> '$.name', ' ') FROM json_each(d.metadata, '$.contents'))
  FROM collection_version v
  JOIN collection c ON c.id = v.collection_id
  JOIN collection_version_document d ON d.version_id = v.id;

-- The version that a search shows for a collection: the highest, but no pre-release if there is anything else. The
-- index shows `highest_id`, which may be one (contract 02 §2.7).
ALTER TABLE repository_collection ADD COLUMN preferred_id INTEGER REFERENCES collection_version (id);
UPDATE repository_collection SET preferred_id = (
    SELECT v.id
      FROM collection_version v
      JOIN repository_content rc ON rc.content_id = v.id AND rc.removed IS NULL
     WHERE rc.repository_id = repository_collection.repository_id
       AND v.collection_id = repository_collection.collection_id
     ORDER BY v.is_prerelease, v.version_key DESC LIMIT 1);
CREATE INDEX repository_collection_preferred ON repository_collection (preferred_id);
