DROP TRIGGER namespace_takes_its_assignments;
DROP TABLE namespace_link;
DROP TABLE namespace;
