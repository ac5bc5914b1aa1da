DROP TABLE collection_dependency;
DELETE FROM content WHERE id IN (SELECT id FROM collection_deprecation);
DROP TABLE collection_deprecation;
