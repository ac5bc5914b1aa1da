-- What is said about a namespace, as content: repositories hold it beside the collections, and mirrors fetch it.
CREATE TABLE namespace_metadata (
    id              INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    name            TEXT    NOT NULL,
    company         TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    description     TEXT    NOT NULL,
    resources       TEXT    NOT NULL,
    links           TEXT    NOT NULL,          -- JSON: [{"name", "url"}], sorted, each name once
    avatar_sha256   TEXT,
    -- The digest of all the columns above, so no two rows say the same.
    metadata_sha256 TEXT    NOT NULL UNIQUE
) STRICT;
CREATE INDEX namespace_metadata_named ON namespace_metadata (name);
CREATE INDEX namespace_metadata_shows ON namespace_metadata (avatar_sha256) WHERE avatar_sha256 IS NOT NULL;

-- The bytes of a logo are an artifact; this is what kind of image it is.
CREATE TABLE avatar (
    sha256     TEXT PRIMARY KEY REFERENCES artifact (sha256) ON DELETE CASCADE,
    media_type TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Namespaces that are there already, and the repositories that hold collections of them and mirror nothing.
CREATE TEMP TABLE described AS
SELECT id AS namespace_id, updated_at,
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
             || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))) AS uuid
  FROM namespace;

INSERT INTO content (uuid, kind, created_at, updated_at)
SELECT uuid, 'namespace', updated_at, updated_at FROM described;

INSERT INTO namespace_metadata
       (id, name, company, email, description, resources, links, avatar_sha256, metadata_sha256)
SELECT c.id, n.name, n.company, n.email, n.description, n.resources,
       (SELECT json_group_array(json_object('name', name, 'url', url) ORDER BY name)
          FROM (SELECT name, url, max(position) FROM namespace_link WHERE namespace_id = n.id GROUP BY name)),
       n.avatar_sha256, n.metadata_sha256
  FROM described d JOIN namespace n ON n.id = d.namespace_id JOIN content c ON c.uuid = d.uuid;

DROP TABLE described;

INSERT INTO repository_content (repository_id, content_id, added)
SELECT DISTINCT r.id, m.id, (SELECT max(number) FROM repository_version WHERE repository_id = r.id)
  FROM repository r
  JOIN repository_collection x ON x.repository_id = r.id
  JOIN collection c ON c.id = x.collection_id
  JOIN namespace_metadata m ON m.name = c.namespace
 WHERE r.remote_id IS NULL;
