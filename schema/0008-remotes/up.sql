-- Other galaxies that content can be mirrored from. A remote is an object; mirroring itself comes later.

CREATE TABLE remote (
    id                     INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                   TEXT    NOT NULL UNIQUE,
    name                   TEXT    NOT NULL UNIQUE,
    url                    TEXT    NOT NULL,
    requirements_file      TEXT,
    auth_url               TEXT,
    token                  TEXT,       -- this and the other secrets are sent to the other server, so they are kept as they are
    username               TEXT,
    password               TEXT,
    ca_cert                TEXT,
    client_cert            TEXT,
    client_key             TEXT,
    tls_validation         INTEGER NOT NULL DEFAULT 1 CHECK (tls_validation IN (0, 1)),
    proxy_url              TEXT,
    proxy_username         TEXT,
    proxy_password         TEXT,
    headers                TEXT,       -- JSON: list of objects
    download_concurrency   INTEGER,
    rate_limit             INTEGER,
    max_retries            INTEGER,
    total_timeout          REAL,       -- this and the other times are seconds
    connect_timeout        REAL,
    sock_connect_timeout   REAL,
    sock_read_timeout      REAL,
    sync_dependencies      INTEGER NOT NULL DEFAULT 1 CHECK (sync_dependencies IN (0, 1)),
    signed_only            INTEGER NOT NULL DEFAULT 0 CHECK (signed_only IN (0, 1)),
    sync_highest_versions  INTEGER,
    created_at             INTEGER NOT NULL,
    updated_at             INTEGER NOT NULL
) STRICT;

CREATE TABLE remote_label (
    remote_id INTEGER NOT NULL REFERENCES remote (id) ON DELETE CASCADE,
    key       TEXT    NOT NULL,
    value     TEXT    NOT NULL,
    PRIMARY KEY (remote_id, key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER remote_takes_its_assignments AFTER DELETE ON remote BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'remote' AND object_id = old.id;
END;

ALTER TABLE repository ADD COLUMN remote_id INTEGER REFERENCES remote (id) ON DELETE SET NULL;
ALTER TABLE repository ADD COLUMN gpgkey TEXT;
CREATE INDEX repository_of_remote ON repository (remote_id) WHERE remote_id IS NOT NULL;

-- The two remotes every installation has (contract 04, URM-1).
INSERT INTO remote (uuid, name, url, created_at, updated_at)
SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       name, url, now, now
  FROM (SELECT 'rh-certified' AS name, 'https://console.redhat.com/api/automation-hub/content/published/' AS url
        UNION ALL SELECT 'community', 'https://galaxy.ansible.com/api/'),
       (SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER) AS now);
