-- Who may do what: roles as rows, who was given which, what a token is limited to, and sessions of browsers.

-- Roles that came with the server are locked: what they hold is written from policy/roles.rs at each start.
CREATE TABLE role (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid        TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL UNIQUE,
    description TEXT,
    locked      INTEGER NOT NULL DEFAULT 0 CHECK (locked IN (0, 1)),
    created_by  INTEGER REFERENCES user (id) ON DELETE SET NULL,
    modified_by INTEGER REFERENCES user (id) ON DELETE SET NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE role_permission (
    role_id    INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    permission TEXT    NOT NULL,
    PRIMARY KEY (role_id, permission)
) STRICT, WITHOUT ROWID;
CREATE INDEX role_with_permission ON role_permission (permission);

-- Roles held so far were all locked ones. The long expressions here and below are version 4 UUIDs.
INSERT INTO role (uuid, name, locked, created_at, updated_at)
SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       role, 1, created_at, created_at
  FROM (SELECT role, min(created_at) AS created_at FROM role_assignment GROUP BY role);

-- One role for one user or one group, everywhere (object_kind is null) or on one object.
DROP TRIGGER namespace_takes_its_assignments;
CREATE TABLE new_role_assignment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid        TEXT    NOT NULL UNIQUE,
    user_id     INTEGER REFERENCES user (id) ON DELETE CASCADE,
    group_id    INTEGER REFERENCES user_group (id) ON DELETE CASCADE,
    role_id     INTEGER NOT NULL REFERENCES role (id) ON DELETE CASCADE,
    object_kind TEXT,
    object_id   INTEGER,
    created_by  INTEGER REFERENCES user (id) ON DELETE SET NULL,
    created_at  INTEGER NOT NULL,
    CHECK ((user_id IS NULL) <> (group_id IS NULL)),
    CHECK ((object_kind IS NULL) = (object_id IS NULL))
) STRICT;
INSERT INTO new_role_assignment (id, uuid, user_id, group_id, role_id, object_kind, object_id, created_at)
SELECT a.id,
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       a.user_id, a.group_id, r.id, a.object_kind, a.object_id, a.created_at
  FROM role_assignment a JOIN role r ON r.name = a.role;
DROP TABLE role_assignment;
ALTER TABLE new_role_assignment RENAME TO role_assignment;
CREATE UNIQUE INDEX role_assignment_once
    ON role_assignment (role_id, ifnull(user_id, 0), ifnull(group_id, 0), ifnull(object_kind, ''), ifnull(object_id, 0));
CREATE INDEX role_assignment_of_user ON role_assignment (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX role_assignment_of_group ON role_assignment (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX role_assignment_on_object ON role_assignment (object_kind, object_id) WHERE object_kind IS NOT NULL;

-- Rows of role_assignment point at objects without a foreign key, because they point at many tables.
CREATE TRIGGER namespace_takes_its_assignments AFTER DELETE ON namespace BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'namespace' AND object_id = old.id;
    DELETE FROM token WHERE reach = 'publish' AND reach_id = old.id;
END;
CREATE TRIGGER repository_takes_its_assignments AFTER DELETE ON repository BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'repository' AND object_id = old.id;
    DELETE FROM token WHERE reach = 'repository' AND reach_id = old.id;
END;
CREATE TRIGGER distribution_takes_its_assignments AFTER DELETE ON distribution BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'distribution' AND object_id = old.id;
END;
CREATE TRIGGER collection_takes_its_assignments AFTER DELETE ON collection BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'collection' AND object_id = old.id;
END;
CREATE TRIGGER task_takes_its_assignments AFTER DELETE ON task BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'task' AND object_id = old.id;
END;
CREATE TRIGGER group_takes_its_assignments AFTER DELETE ON user_group BEGIN
    DELETE FROM role_assignment WHERE object_kind = 'group' AND object_id = old.id;
END;

-- What accounts hold is remembered in the process under this number, which moves with every change of it: also with
-- changes that another process makes (`pocket-galaxy user …` beside the hub), and never without one.
CREATE TABLE access_stamp (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    generation INTEGER NOT NULL
) STRICT;
INSERT INTO access_stamp (id, generation) VALUES (1, 1);
CREATE TRIGGER user_update_moves_access AFTER UPDATE OF is_superuser, is_active ON user BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER user_delete_moves_access AFTER DELETE ON user BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER group_member_insert_moves_access AFTER INSERT ON group_member BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER group_member_delete_moves_access AFTER DELETE ON group_member BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER role_assignment_insert_moves_access AFTER INSERT ON role_assignment BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER role_assignment_update_moves_access AFTER UPDATE ON role_assignment BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER role_assignment_delete_moves_access AFTER DELETE ON role_assignment BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER role_permission_insert_moves_access AFTER INSERT ON role_permission BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;
CREATE TRIGGER role_permission_delete_moves_access AFTER DELETE ON role_permission BEGIN
    UPDATE access_stamp SET generation = generation + 1;
END;

-- A token may be limited: to reading, to publishing into one namespace, or to one repository.
ALTER TABLE token ADD COLUMN reach TEXT NOT NULL DEFAULT 'full' CHECK (reach IN ('full', 'read', 'publish', 'repository'));
ALTER TABLE token ADD COLUMN reach_id INTEGER;
ALTER TABLE token ADD COLUMN expires_at INTEGER;
ALTER TABLE token ADD COLUMN used_at INTEGER;

-- A browser that signed in. The cookie's text is not stored, only its SHA-256.
CREATE TABLE session (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    digest     TEXT    NOT NULL UNIQUE,
    address    TEXT    NOT NULL DEFAULT '',
    user_agent TEXT    NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    slides     INTEGER NOT NULL DEFAULT 1 CHECK (slides IN (0, 1)) -- whether using it may move its end
) STRICT;
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TRIGGER user_takes_its_sessions AFTER UPDATE OF is_active ON user WHEN NOT new.is_active BEGIN
    DELETE FROM session WHERE user_id = new.id;
END;

-- Somebody another server vouches for (single sign-on): its name for them, which never changes, and ours.
CREATE TABLE identity (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    superuser  INTEGER NOT NULL DEFAULT 0 CHECK (superuser IN (0, 1)), -- whether it made its user a superuser
    created_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_of_user ON identity (user_id);

-- Who put somebody into a group: people (`hand`), or the server that vouches for them (`claim`), which takes them out
-- again when it no longer says so.
ALTER TABLE group_member ADD COLUMN source TEXT NOT NULL DEFAULT 'hand' CHECK (source IN ('hand', 'claim'));

-- Organizations hold teams; a team is a group seen by the `_ui/v2` API.
CREATE TABLE organization (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO organization (id, uuid, name, created_at)
VALUES (1, lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
        'Default', CAST(unixepoch('subsec') * 1000000 AS INTEGER));

-- A password is hashed anew when it is used and its hash is of another kind than today's. This is the SHA-256 of the
-- hash it had then, so that a document which declares that hash is known to be fulfilled.
ALTER TABLE user ADD COLUMN password_was TEXT;
ALTER TABLE user ADD COLUMN uuid TEXT;
UPDATE user SET uuid = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
CREATE UNIQUE INDEX user_uuid ON user (uuid);
ALTER TABLE user_group ADD COLUMN uuid TEXT;
UPDATE user_group SET uuid = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
       || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
CREATE UNIQUE INDEX user_group_uuid ON user_group (uuid);
-- Null is the organization called Default; a name of its own is what the team is called inside its organization.
ALTER TABLE user_group ADD COLUMN organization_id INTEGER REFERENCES organization (id) ON DELETE CASCADE;
ALTER TABLE user_group ADD COLUMN team TEXT;
