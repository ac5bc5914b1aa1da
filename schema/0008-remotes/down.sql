DROP INDEX repository_of_remote;
ALTER TABLE repository DROP COLUMN gpgkey;
ALTER TABLE repository DROP COLUMN remote_id;
DROP TRIGGER remote_takes_its_assignments;
DROP TABLE remote_label;
DROP TABLE remote;
