-- Signatures of collection versions.

-- Somebody vouches for the MANIFEST.json of a version, and so for all that it lists. Content like any other, so that a
-- version of a repository says what was signed in it. A repository holds it only together with what it is for.
CREATE TABLE collection_signature (
    id          INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    version_id  INTEGER NOT NULL REFERENCES collection_version (id) ON DELETE CASCADE,
    fingerprint TEXT    NOT NULL,          -- of the key that made it, in capital hexadecimal digits
    sha256      TEXT    NOT NULL,          -- of the text
    signature   TEXT    NOT NULL,          -- as it was uploaded, in ASCII armour
    UNIQUE (version_id, sha256)
) STRICT;
CREATE INDEX collection_signature_by ON collection_signature (fingerprint, version_id);
