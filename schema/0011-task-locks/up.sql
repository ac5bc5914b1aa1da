-- What a task needs for itself, what it made, and how far it has come.

-- A task with a lock runs only while no other task that began before it, or waited before it, holds a lock on the same
-- thing, unless both share it. The rows stay when it ends: they say what it was about.
CREATE TABLE task_lock (
    task_id   INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    kind      TEXT    NOT NULL,              -- as role_assignment.object_kind spells it
    uuid      TEXT    NOT NULL,              -- of the object, which may be gone
    is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    is_held   INTEGER NOT NULL DEFAULT 1 CHECK (is_held IN (0, 1)),
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_lock_held ON task_lock (uuid, kind, task_id) WHERE is_held;
CREATE INDEX task_lock_of ON task_lock (uuid, kind, task_id);

CREATE TABLE task_result (
    task_id  INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('repository_version', 'distribution', 'collection_version')),
    uuid     TEXT    NOT NULL,               -- of a version: that of its repository
    number   INTEGER,                        -- of a version
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_result_of ON task_result (uuid, kind);

CREATE TABLE task_progress (
    task_id  INTEGER NOT NULL REFERENCES task (id) ON DELETE CASCADE,
    code     TEXT    NOT NULL,
    message  TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    total    INTEGER,
    done     INTEGER NOT NULL,
    suffix   TEXT,
    PRIMARY KEY (task_id, code)
) STRICT, WITHOUT ROWID;

ALTER TABLE task ADD COLUMN parent_id INTEGER REFERENCES task (id) ON DELETE SET NULL;
CREATE INDEX task_of_parent ON task (parent_id) WHERE parent_id IS NOT NULL;

-- Imports that were there before have what they made noted as it could be told: by the time it was made.
INSERT INTO task_result (task_id, position, kind, uuid)
SELECT t.id, 0, 'collection_version', content.uuid
  FROM task t
  JOIN collection_import i ON i.task_id = t.id
  JOIN collection c ON c.namespace = i.namespace AND c.name = i.name
  JOIN collection_version v ON v.collection_id = c.id AND v.version = i.version
  JOIN content ON content.id = v.id AND content.created_at = t.finished_at
 WHERE t.state = 'completed';
