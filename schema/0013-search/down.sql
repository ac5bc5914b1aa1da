DROP INDEX repository_collection_preferred;
ALTER TABLE repository_collection DROP COLUMN preferred_id;
DROP TRIGGER search_forgets_a_version;
DROP TRIGGER search_learns_a_version;
DROP TABLE search;
