-- Who did what to which object, from where. Rows are only ever added; each carries the digest of the one before it,
-- so that a row changed or taken out by hand shows.

CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,     -- 1, 2, 3 … without a gap
    at         INTEGER NOT NULL,
    actor_id   INTEGER,                 -- no foreign key: the row outlives the user
    actor      TEXT    NOT NULL,        -- the name at the time; empty for a stranger
    via        TEXT    NOT NULL CHECK (via IN ('session', 'token', 'password', 'stranger', 'command line', 'hub')),
    address    TEXT    NOT NULL,        -- empty when there was none
    action     TEXT    NOT NULL,
    object     TEXT    NOT NULL,
    outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'refused')),
    detail     TEXT    NOT NULL,        -- what changed, without any secret
    digest     TEXT    NOT NULL UNIQUE  -- SHA-256 over the digest of the row before it and this row
) STRICT;
CREATE INDEX audit_at ON audit (at);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit trail is append-only');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
    SELECT raise(ABORT, 'the audit trail is append-only');
END;
