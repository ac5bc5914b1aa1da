-- A namespace keeps the address of its logo and loses the image; the digest that mirrors verify is as before at the
-- next change of what is said of it.
UPDATE namespace SET avatar_sha256 = NULL WHERE avatar_sha256 IN (SELECT sha256 FROM avatar);
CREATE TEMP TABLE logo AS SELECT sha256 FROM avatar;
DELETE FROM content WHERE kind = 'namespace';
DROP TABLE avatar;
DROP TABLE namespace_metadata;
DELETE FROM artifact
 WHERE sha256 IN (SELECT sha256 FROM logo)
   AND sha256 NOT IN (SELECT sha256 FROM collection_version)
   AND sha256 NOT IN (SELECT sha256 FROM collection_import WHERE sha256 IS NOT NULL);
DROP TABLE logo;
