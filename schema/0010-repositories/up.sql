-- What the pulp API shows of repositories, their versions and their distributions.

-- What came and what went with a version.
CREATE INDEX repository_content_added ON repository_content (repository_id, added);
CREATE INDEX repository_content_removed ON repository_content (repository_id, removed) WHERE removed IS NOT NULL;

ALTER TABLE distribution ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));

CREATE TABLE distribution_label (
    distribution_id INTEGER NOT NULL REFERENCES distribution (id) ON DELETE CASCADE,
    key             TEXT    NOT NULL,
    value           TEXT    NOT NULL,
    PRIMARY KEY (distribution_id, key)
) STRICT, WITHOUT ROWID;
