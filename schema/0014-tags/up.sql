-- Tags of versions by the tag, to find versions by them and to count them; kept by the schema, as the words of a search.

CREATE TABLE collection_version_tag (
    version_id INTEGER NOT NULL REFERENCES collection_version (id) ON DELETE CASCADE,
    tag        TEXT    NOT NULL,
    PRIMARY KEY (version_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX collection_version_tag_of ON collection_version_tag (tag, version_id);

CREATE TRIGGER tags_of_a_version AFTER INSERT ON collection_version_document BEGIN
    INSERT OR IGNORE INTO collection_version_tag (version_id, tag)
    SELECT new.version_id, value FROM json_each(new.metadata, '$.tags');
END;

INSERT OR IGNORE INTO collection_version_tag (version_id, tag)
SELECT d.version_id, t.value FROM collection_version_document d, json_each(d.metadata, '$.tags') t;
