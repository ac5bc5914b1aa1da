DELETE FROM content WHERE id IN (SELECT id FROM collection_signature);
DROP TABLE collection_signature;
