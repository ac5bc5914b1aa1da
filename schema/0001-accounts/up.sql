-- Who can sign in, what they belong to, and which roles they hold.
-- Times are microseconds since the Unix epoch, in every table.

CREATE TABLE user (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    username     TEXT    NOT NULL UNIQUE,
    password     TEXT    NOT NULL,              -- a PHC string; the text itself is never stored
    first_name   TEXT    NOT NULL DEFAULT '',
    last_name    TEXT    NOT NULL DEFAULT '',
    email        TEXT    NOT NULL DEFAULT '',
    is_superuser INTEGER NOT NULL DEFAULT 0 CHECK (is_superuser IN (0, 1)),
    is_active    INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE user_group (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE group_member (
    group_id INTEGER NOT NULL REFERENCES user_group (id) ON DELETE CASCADE,
    user_id  INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, group_id)
) STRICT, WITHOUT ROWID;

-- A token is stored as the SHA-256 of its 40 characters, so that a stolen file gives nobody access.
-- The token of the reference's one-token endpoint is the one with an empty name.
CREATE TABLE token (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL DEFAULT '',
    digest     TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX token_of_user ON token (user_id, name);

-- One role for one user or one group, everywhere (object_kind is null) or on one object.
CREATE TABLE role_assignment (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER REFERENCES user (id) ON DELETE CASCADE,
    group_id    INTEGER REFERENCES user_group (id) ON DELETE CASCADE,
    role        TEXT    NOT NULL,
    object_kind TEXT,
    object_id   INTEGER,
    created_at  INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    CHECK ((object_kind IS NULL) = (object_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX role_assignment_once
    ON role_assignment (role, ifnull(user_id, 0), ifnull(group_id, 0), ifnull(object_kind, ''), ifnull(object_id, 0));
CREATE INDEX role_assignment_of_user ON role_assignment (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignment_of_group ON role_assignment (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX role_assignment_on_object ON role_assignment (object_kind, object_id) WHERE object_kind IS NOT NULL;

-- What belongs to this installation as a whole: the key that signs download links.
CREATE TABLE instance (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    signing_key BLOB    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
