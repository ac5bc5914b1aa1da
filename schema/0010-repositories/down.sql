DROP TABLE distribution_label;
ALTER TABLE distribution DROP COLUMN hidden;
DROP INDEX repository_content_removed;
DROP INDEX repository_content_added;
